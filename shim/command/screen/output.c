/* SPDX-License-Identifier: MIT */
#include "command/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 16384, WIDTH = 78 };

/* Whatever a file, a process or a variable is called, it must not command the terminal. */
static void put_line(FILE *to, const char *prefix, const char *format, va_list arguments) {
    char line[LINE_BYTES];
    vsnprintf(line, sizeof line, format, arguments);
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    fprintf(to, "%s%s\n", prefix, line);
}

void mshim_message(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put_line(stderr, "mshim: ", format, arguments);
    va_end(arguments);
}

void mshim_print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put_line(stdout, "", format, arguments);
    va_end(arguments);
}

int mshim_misuse(const char *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put_line(stderr, "mshim: ", format, arguments);
    va_end(arguments);
    mshim_print_usage(stderr, command);
    return MSHIM_MISUSE;
}

void mshim_print_wrapped(unsigned indent, const char *text) {
    size_t column = 0;
    while (*text) {
        const size_t word = strcspn(text, " ");
        if (column > 0 && column + 1 + word > WIDTH) {
            putchar('\n');
            column = 0;
        }
        column += (size_t)printf("%*s%.*s", column > 0 ? 1 : (int)indent, "", (int)word, text);
        text += word;
        text += strspn(text, " ");
    }
    putchar('\n');
}
