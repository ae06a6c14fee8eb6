/* SPDX-License-Identifier: MIT */
#include "command/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 16384, WIDTH = 78 };

/* Whatever a file, a process or a variable is called, it must not command the terminal. */
static void format_line(char *line, const char *format, va_list arguments) {
    vsnprintf(line, LINE_BYTES, format, arguments);
    for (; *line; line++)
        if ((unsigned char)*line < ' ' || *line == 0x7f)
            *line = '?';
}

void mshim_message(const char *format, ...) {
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    format_line(line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "mshim: %s\n", line);
}

void mshim_print(const char *format, ...) {
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    format_line(line, format, arguments);
    va_end(arguments);
    printf("%s\n", line);
}

int mshim_misuse(const char *command, const char *format, ...) {
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    format_line(line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "mshim: %s\n", line);
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
