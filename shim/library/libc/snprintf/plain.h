/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_LIBC_SNPRINTF_PLAIN_H
#define MSHIM_LIBRARY_LIBC_SNPRINTF_PLAIN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Is there nothing in the format but plain text and plain conversions? */
bool mshim_printf_is_plain(const char *format);

/* Prints a plain format with its NUL into `room` bytes: the length, or -1 where it does not fit; `to` is then
 * written in part. */
int mshim_printf_plain(char *to, size_t room, const char *format, va_list arguments);

#endif
