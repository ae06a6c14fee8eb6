/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_LIBC_STRFTIME_CONVERSIONS_H
#define MSHIM_LIBRARY_LIBC_STRFTIME_CONVERSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* The result of one conversion. libc limits it to the same length. */
struct mshim_strftime_text {
    size_t length;
    char bytes[100];
};

/* `pad` is the flag of the conversion: '-', '_', '0', or 0 for none. False: not implemented. */
bool mshim_strftime_convert(struct mshim_strftime_text *out, char conversion, char pad, const struct tm *tm);

/* A whole format: format_template.h for char. */
size_t mshim_strftime_format_char(char *to, size_t capacity, const char *format, const struct tm *tm);

#endif
