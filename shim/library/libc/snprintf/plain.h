/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_LIBC_SNPRINTF_PLAIN_H
#define MSHIM_LIBRARY_LIBC_SNPRINTF_PLAIN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Has the format only literal text and plain conversions? */
bool mshim_snprintf_is_plain(const char *format);

/* Formats a plain format. Returns the length without the NUL, or -1 if it does not fit; `to` is partly
 * written then. */
int mshim_snprintf_plain(char *to, size_t capacity, const char *format, va_list arguments);

#endif
