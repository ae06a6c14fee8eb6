/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_BYTES_H
#define MSHIM_COMMAND_RELINK_BYTES_H

/* Little-endian numbers in a file. */

#include <stdint.h>

enum { MSHIM_DISPLACEMENT_BYTES = 4 };

static inline void mshim_bytes_put(unsigned char *to, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

static inline uint64_t mshim_bytes_get(const unsigned char *from, unsigned bytes) {
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)from[i] << 8 * i;
    return value;
}

/* The 32-bit displacement of an instruction, sign-extended. */
static inline uint64_t mshim_bytes_displacement(const unsigned char *from) {
    return (uint64_t)(int64_t)(int32_t)mshim_bytes_get(from, MSHIM_DISPLACEMENT_BYTES);
}

#endif
