/* SPDX-License-Identifier: MIT */
#include "library/hardening/free_mark.h"

#include <string.h>
#include <sys/auxv.h>

uint64_t mshim_free_mark_secret;

/* What the kernel gives each program for such a purpose (AT_RANDOM, 16 bytes): no system call. The libc takes
 * its own secrets of the first eight. An odd number: no aligned pointer of the program's looks like a mark. */
void mshim_free_mark_start(void) {
    const void *random = (const void *)getauxval(AT_RANDOM);
    uint64_t secret = 0x9e3779b97f4a7c15u;
    if (random)
        memcpy(&secret, (const char *)random + 8, sizeof secret);
    mshim_free_mark_secret = secret | 1;
}
