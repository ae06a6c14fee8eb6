/* SPDX-License-Identifier: MIT */
#include "command/compare/capture.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool mshim_capture_read(struct mshim_capture *capture, int fd) {
    enum { KEPT_BYTES = MSHIM_CAPTURE_BYTES / 2 };
    if (MSHIM_CAPTURE_BYTES - capture->used < MSHIM_CAPTURE_BYTES / 4) {
        memmove(capture->bytes, capture->bytes + capture->used - KEPT_BYTES, KEPT_BYTES);
        capture->used = KEPT_BYTES;
        capture->cut = true;
    }
    const ssize_t size = read(fd, capture->bytes + capture->used, MSHIM_CAPTURE_BYTES - capture->used);
    if (size > 0)
        capture->used += (size_t)size;
    capture->bytes[capture->used] = 0;
    return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

bool mshim_capture_has(const struct mshim_capture *capture, const char *text) {
    return memmem(capture->bytes, capture->used, text, strlen(text)) != NULL;
}
