/* SPDX-License-Identifier: MIT */
#include "library/python/command_line.h"

#include "shared/base/system_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { COMMAND_LINE_BYTES = 4096 }; /* the beginning: python's own options come first */

static bool is_dev(const char *value, const char *end) {
    return value < end && strcmp(value, "dev") == 0;
}

/* As CPython's Python/getopt.c: letters are combined in one word, an option's value is the rest of that word
 * or the next word, and -c, -m or a word that is not an option ends the options. */
bool mshim_python_command_line_asks_dev_mode(const char *arguments, size_t bytes) {
    const char *end = arguments + bytes;
    if (bytes == 0 || end[-1] != '\0')
        return false;
    const char *word = arguments + strlen(arguments) + 1;
    while (word < end && word[0] == '-' && word[1] != '\0') {
        const char *next = word + strlen(word) + 1;
        if (strcmp(word, "--check-hash-based-pycs") == 0) {
            next = next < end ? next + strlen(next) + 1 : end;
        } else if (word[1] == '-') {
            return false;
        } else {
            for (const char *letter = word + 1; *letter != '\0'; letter++) {
                if (*letter == 'c' || *letter == 'm')
                    return false;
                if (*letter != 'X' && *letter != 'W')
                    continue;
                const bool inside = letter[1] != '\0';
                if (*letter == 'X' && is_dev(inside ? letter + 1 : next, end))
                    return true;
                if (!inside && next < end)
                    next += strlen(next) + 1;
                break;
            }
        }
        word = next;
    }
    return false;
}

bool mshim_python_process_asks_dev_mode(void) {
    char text[COMMAND_LINE_BYTES + 1];
    const int saved = errno;
    size_t bytes = 0;
    const int file = mshim_open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);
    if (file >= 0) {
        ssize_t got;
        while (bytes < COMMAND_LINE_BYTES &&
               (got = mshim_read(file, text + bytes, COMMAND_LINE_BYTES - bytes)) > 0)
            bytes += (size_t)got;
        mshim_close(file);
    }
    errno = saved;
    if (bytes == COMMAND_LINE_BYTES)
        text[bytes++] = '\0';
    return mshim_python_command_line_asks_dev_mode(text, bytes);
}
