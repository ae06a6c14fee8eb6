/* SPDX-License-Identifier: MIT */
#include "library/hardening/fatal.h"

#include "shared/base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LINE_BYTES = 256 };

static unsigned hex_digits(uintptr_t number) {
    unsigned digits = 1;
    while (number >>= 4)
        digits++;
    return digits;
}

/* In one write, so that lines of threads do not mix. Nobody is left to hear of an error. */
static void write_line(const struct mshim_text *line) {
    (void)!syscall(SYS_write, STDERR_FILENO, line->buffer, line->length);
}

_Noreturn void mshim_fatal_free(const char *mistake, const void *block, size_t usable_bytes) {
    char buffer[LINE_BYTES];
    struct mshim_text line = mshim_text_in(buffer, sizeof buffer);
    mshim_text_append(&line, "mshim: ");
    mshim_text_append(&line, mistake);
    mshim_text_append(&line, " of 0x");
    mshim_text_append_hex(&line, (uintptr_t)block, hex_digits((uintptr_t)block));
    if (usable_bytes > 0) {
        mshim_text_append(&line, " (");
        mshim_text_append_number(&line, usable_bytes);
        mshim_text_append(&line, " bytes)");
    }
    mshim_text_append(&line, ", thread ");
    mshim_text_append_number(&line, (uint64_t)syscall(SYS_gettid));
    mshim_text_append(&line, "\n");
    write_line(&line);
    abort();
}
