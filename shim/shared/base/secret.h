/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_SECRET_H
#define MSHIM_SHARED_BASE_SECRET_H

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

/*
 * A random number of this process, the same each time: what the kernel gives each program for such purposes
 * (AT_RANDOM, 16 bytes; the libcs take the first eight). No system call. `purpose` makes other numbers of it.
 * Odd, so that no aligned address is equal to it.
 */
static inline uint64_t mshim_secret(uint64_t purpose) {
    const char *random = (const char *)getauxval(AT_RANDOM);
    uint64_t secret = 0;
    if (random)
        memcpy(&secret, random + 8, sizeof secret);
    secret = (secret ^ purpose) * 0x9e3779b97f4a7c15u;
    return (secret ^ secret >> 32) | 1;
}

#endif
