/* SPDX-License-Identifier: MIT */
#include "shared/base/read_file.h"

#include "shared/base/decimal.h"
#include "shared/base/system_calls.h"

#include <mshim.h>
#include <string.h>

bool mshim_read_file(const char *path, char *text, size_t capacity_bytes) {
    const int fd = mshim_open(path, O_RDONLY | O_CLOEXEC, 0);
    text[0] = 0;
    if (fd < 0)
        return false;
    const ssize_t length = mshim_read(fd, text, capacity_bytes - 1);
    mshim_close(fd);
    text[length > 0 ? length : 0] = 0;
    return length > 0;
}

uint64_t mshim_proc_field(const char *text, const char *key) {
    const size_t length = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) != 0)
            continue;
        const char *at = line + length + strspn(line + length, " \t");
        const size_t digits = strspn(at, "0123456789");
        if (digits == 0)
            return MSHIM_ABSENT;
        return mshim_decimal_read(at) * (strncmp(at + digits, " kB", 3) == 0 ? 1024 : 1);
    }
    return MSHIM_ABSENT;
}
