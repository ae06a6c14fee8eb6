/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_CYCLES_X86_64_H
#define MSHIM_LIBRARY_SAMPLING_CYCLES_X86_64_H

#include <cpuid.h>

/* Between two fences: all that comes before is complete, nothing that comes after has begun. */
static MSHIM_ALWAYS_INLINE uint64_t mshim_cycles(void) {
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

/* Does it count at one rate in all power states ("invariant TSC")? */
static inline bool mshim_cycles_are_steady(void) {
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) && (edx >> 8 & 1) != 0;
}

/* Roughly: the rate is 1 to 5 GHz. */
static inline uint64_t mshim_cycles_per_millisecond(void) {
    return 2u << 20;
}

#endif
