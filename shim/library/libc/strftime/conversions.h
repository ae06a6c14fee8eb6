/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_LIBC_STRFTIME_CONVERSIONS_H
#define MSHIM_LIBRARY_LIBC_STRFTIME_CONVERSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* What one conversion gives; libc gives up where it would be longer. */
struct mshim_time_text {
    size_t length;
    char bytes[100];
};

/* `pad` is the flag before the conversion: '-', '_', '0', or 0 for none. False: to be left to libc. */
bool mshim_time_convert(struct mshim_time_text *out, char conversion, char pad, const struct tm *tm);

/* Of a whole format: its length without the NUL, or 0: to be left to libc. */
size_t mshim_time_format_char(char *to, size_t room, const char *format, const struct tm *tm);

#endif
