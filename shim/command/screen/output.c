/* SPDX-License-Identifier: MIT */
#include "command/screen/output.h"

#include "shared/base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 16384, WIDTH = 78 };

static void put_line(FILE *to, const char *prefix, const char *format, va_list arguments) {
    char line[LINE_BYTES];
    vsnprintf(line, sizeof line, format, arguments);
    mshim_make_visible(line);
    fprintf(to, "%s%s\n", prefix, line);
}

void mshim_message(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put_line(stderr, "mshim: ", format, arguments);
    va_end(arguments);
}

void mshim_message_lines(const char *text) {
    while (*text) {
        const size_t length = strcspn(text, "\n");
        mshim_message("%.*s", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

void mshim_print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put_line(stdout, "", format, arguments);
    va_end(arguments);
}

void mshim_print_wrapped(unsigned indent, const char *text) {
    size_t column = 0;
    while (*text) {
        const size_t word = strcspn(text, " \n");
        if (column > 0 && column + 1 + word > WIDTH) {
            putchar('\n');
            column = 0;
        }
        column += (size_t)printf("%*s%.*s", column > 0 ? 1 : (int)indent, "", (int)word, text);
        text += word;
        if (*text == '\n') {
            putchar('\n');
            column = 0;
        }
        text += strspn(text, " \n");
    }
    putchar('\n');
}
