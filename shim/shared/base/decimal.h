/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_DECIMAL_H
#define MSHIM_SHARED_BASE_DECIMAL_H

#include <stdint.h>

enum { MSHIM_DECIMAL_BYTES = 21 };

/* Writes `number` with a NUL at the end of `digits` and returns where it begins there. */
static inline const char *mshim_decimal(uint64_t number, char digits[MSHIM_DECIMAL_BYTES]) {
    char *at = digits + MSHIM_DECIMAL_BYTES - 1;
    *at = 0;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    return at;
}

/* The number that `text` begins with; 0 where it begins with none. */
static inline uint64_t mshim_decimal_read(const char *text) {
    uint64_t number = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (uint64_t)(*text - '0');
    return number;
}

#endif
