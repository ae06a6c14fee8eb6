/* SPDX-License-Identifier: MIT */
#include "memory/x86_64/cpu.h"

#include <cpuid.h>
#include <stdint.h>

struct registers {
    unsigned eax, ebx, ecx, edx;
};

static struct registers cpuid(unsigned leaf, unsigned subleaf) {
    struct registers r = {0, 0, 0, 0};
    if ((unsigned)__get_cpuid_max(leaf & 0x80000000u, NULL) >= leaf)
        __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
    return r;
}

/* Which register states the kernel saves (XCR0); 0 without XSAVE. */
static uint64_t saved_states(void) {
    enum { OSXSAVE = 1 << 27 };
    if (!(cpuid(1, 0).ecx & OSXSAVE))
        return 0;
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static bool all(uint64_t bits, uint64_t wanted) {
    return (bits & wanted) == wanted;
}

bool mshim_cpu_has_sse2(void) {
    return true;
}

bool mshim_cpu_has_avx2(void) {
    enum { XMM_YMM = 0x6, BMI1 = 1 << 3, AVX2 = 1 << 5, BMI2 = 1 << 8, LZCNT = 1 << 5 };
    return all(saved_states(), XMM_YMM) && all(cpuid(7, 0).ebx, BMI1 | AVX2 | BMI2) &&
           all(cpuid(0x80000001u, 0).ecx, LZCNT);
}

bool mshim_cpu_has_avx512(void) {
    enum { MASKS_ZMM = 0xe0, F = 1 << 16, BW = 1 << 30, VBMI2 = 1 << 6 };
    const unsigned VL = 1u << 31;
    return mshim_cpu_has_avx2() && all(saved_states(), MASKS_ZMM) && all(cpuid(7, 0).ebx, F | BW | VL) &&
           all(cpuid(7, 0).ecx, VBMI2);
}

/* The size of the largest cache and the threads that share it, by leaf 4 or AMD's copy of it; 0 where neither
 * is there. */
static size_t largest_cache_bytes(unsigned leaf, unsigned *sharers) {
    size_t largest = 0;
    for (unsigned i = 0; i < 16; i++) {
        struct registers r = cpuid(leaf, i);
        enum { NONE = 0, CODE = 2 };
        unsigned type = r.eax & 31;
        if (type == NONE)
            break;
        size_t ways = (r.ebx >> 22) + 1, partitions = (r.ebx >> 12 & 1023) + 1, line = (r.ebx & 4095) + 1;
        size_t bytes = ways * partitions * line * ((size_t)r.ecx + 1);
        if (type != CODE && bytes > largest)
            largest = bytes, *sharers = (r.eax >> 14 & 4095) + 1;
    }
    return largest;
}

size_t mshim_cpu_nontemporal_bytes(void) {
    enum { LEAST = 4 << 20, TOPOLOGY_EXTENSIONS = 1 << 22 };
    unsigned sharers = 1;
    size_t bytes = 0;
    if (cpuid(0x80000001u, 0).ecx & TOPOLOGY_EXTENSIONS)
        bytes = largest_cache_bytes(0x8000001du, &sharers);
    if (!bytes)
        bytes = largest_cache_bytes(4, &sharers);
    bytes = bytes / 4 * 3;
    return bytes > LEAST ? bytes : LEAST;
}
