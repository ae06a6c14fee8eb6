/* SPDX-License-Identifier: MIT */
#include "library/libc/snprintf/plain.h"

#include <stdint.h>
#include <string.h>

enum length { INT, LONG /* and all types of its width */ };

/* Reads the length modifier that may follow the `%`. */
static enum length length_of(const char **at) {
    _Static_assert(sizeof(long) == sizeof(long long) && sizeof(long) == sizeof(size_t) &&
                       sizeof(long) == sizeof(intmax_t),
                   "one width for all of them");
    switch (**at) {
    case 'l':
        *at += (*at)[1] == 'l' ? 2 : 1;
        return LONG;
    case 'z':
    case 't':
    case 'j':
        ++*at;
        return LONG;
    default:
        return INT;
    }
}

bool mshim_snprintf_is_plain(const char *format) {
    for (; *format; format++) {
        if (*format != '%')
            continue;
        format++;
        const enum length length = length_of(&format);
        switch (*format) {
        case 'd':
        case 'i':
        case 'u':
        case 'x':
        case 'X':
            continue;
        case 'c':
        case 's':
        case '%':
            if (length == INT)
                continue;
        }
        return false;
    }
    return true;
}

enum { DIGITS_MAX = 20 };

static char *decimal(uint64_t number, char *end) {
    do
        *--end = (char)('0' + number % 10);
    while (number /= 10);
    return end;
}

static char *hexadecimal(uint64_t number, char *end, const char *digits) {
    do
        *--end = digits[number % 16];
    while (number /= 16);
    return end;
}

static char *signed_decimal(int64_t number, char *end) {
    char *at = decimal(number < 0 ? -(uint64_t)number : (uint64_t)number, end);
    if (number < 0)
        *--at = '-';
    return at;
}

int mshim_snprintf_plain(char *to, size_t capacity, const char *format, va_list arguments) {
    size_t used = 0;
    *to = 0; /* as libc does: an argument that is the target itself is empty */
    for (; *format; format++) {
        char text[DIGITS_MAX + 2], *const end = text + sizeof text;
        const char *at = end - 1;
        size_t count;
        if (*format != '%' || *++format == '%') {
            text[sizeof text - 1] = *format;
            count = 1;
        } else {
            const bool is_long = length_of(&format) == LONG;
            switch (*format) {
            case 'd':
            case 'i':
                at = signed_decimal(is_long ? va_arg(arguments, long) : va_arg(arguments, int), end);
                break;
            case 'u':
                at = decimal(is_long ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned), end);
                break;
            case 'x':
            case 'X':
                at = hexadecimal(is_long ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned),
                                 end, *format == 'x' ? "0123456789abcdef" : "0123456789ABCDEF");
                break;
            case 'c':
                text[sizeof text - 1] = (char)va_arg(arguments, int);
                break;
            default: /* 's' */
                at = va_arg(arguments, const char *);
                if (!at)
                    at = "(null)";
            }
            count = *format == 's' ? strlen(at) : (size_t)(end - at);
        }
        if (count >= capacity - used)
            return -1;
        memmove(to + used, at, count);
        used += count;
    }
    to[used] = 0;
    return (int)used;
}
