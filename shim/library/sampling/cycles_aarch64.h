/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_CYCLES_AARCH64_H
#define MSHIM_LIBRARY_SAMPLING_CYCLES_AARCH64_H

/* The generic timer: 25 to 1000 MHz, the same on all processors; Linux lets programs read it. */
static MSHIM_ALWAYS_INLINE uint64_t mshim_cycles(void) {
    uint64_t count;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(count)::"memory");
    return count;
}

static inline bool mshim_cycles_are_steady(void) {
    return true;
}

static inline uint64_t mshim_cycles_per_millisecond(void) {
    uint64_t frequency;
    __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency / 1000;
}

#endif
