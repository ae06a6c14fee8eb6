/* SPDX-License-Identifier: MIT */
#include "library/libc/string/x86_64/cpu.h"

#include <cpuid.h>
#include <stdatomic.h>
#include <stdint.h>

struct registers {
    unsigned eax, ebx, ecx, edx;
};

static struct registers cpuid(unsigned leaf, unsigned subleaf) {
    struct registers r;
    __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
    return r;
}

/* The register states that the kernel saves (XCR0); 0 without XSAVE. */
static uint64_t saved_states(void) {
    enum { OSXSAVE = 1 << 27 };
    if (!(cpuid(1, 0).ecx & OSXSAVE))
        return 0;
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* The size of the last-level data cache, by leaf 4 or AMD's equivalent; 0 where there is no answer. */
static size_t last_cache_bytes(unsigned leaf) {
    for (int i = 3; i >= 0; i--) { /* entries: L1 data, L1 code, L2, L3 */
        const struct registers r = cpuid(leaf, (unsigned)i);
        enum { NONE = 0, CODE = 2 };
        const unsigned type = r.eax & 31;
        const size_t ways = (r.ebx >> 22) + 1, partitions = (r.ebx >> 12 & 1023) + 1,
                     line = (r.ebx & 4095) + 1;
        if (type != NONE && type != CODE)
            return ways * partitions * line * ((size_t)r.ecx + 1);
    }
    return 0;
}

struct facts {
    uint64_t saved_states;
    struct registers features, extensions; /* leaves 7 and 0x80000001 */
    size_t last_cache_bytes;
};

static struct facts ask(void) {
    enum { CACHES = 4, FEATURES = 7, TOPOLOGY_EXTENSIONS = 1 << 22 };
    struct facts facts = {.saved_states = saved_states(), .extensions = cpuid(0x80000001u, 0)};
    const unsigned last_leaf = cpuid(0, 0).eax;
    if (last_leaf >= FEATURES)
        facts.features = cpuid(FEATURES, 0);
    if (facts.extensions.ecx & TOPOLOGY_EXTENSIONS)
        facts.last_cache_bytes = last_cache_bytes(0x8000001du);
    if (!facts.last_cache_bytes && last_leaf >= CACHES)
        facts.last_cache_bytes = last_cache_bytes(CACHES);
    return facts;
}

/* Asked once: in a virtual machine each CPUID takes tens of microseconds. (Two threads would store the same.)
 */
static const struct facts *known(void) {
    static struct facts facts;
    static atomic_bool asked;
    if (!atomic_load_explicit(&asked, memory_order_acquire)) {
        facts = ask();
        atomic_store_explicit(&asked, true, memory_order_release);
    }
    return &facts;
}

static bool all(uint64_t bits, uint64_t wanted) {
    return (bits & wanted) == wanted;
}

bool mshim_cpu_has_sse2(void) {
    return true;
}

bool mshim_cpu_has_avx2(void) {
    enum { XMM_YMM = 0x6, BMI1 = 1 << 3, AVX2 = 1 << 5, BMI2 = 1 << 8, LZCNT = 1 << 5 };
    return all(known()->saved_states, XMM_YMM) && all(known()->features.ebx, BMI1 | AVX2 | BMI2) &&
           all(known()->extensions.ecx, LZCNT);
}

bool mshim_cpu_has_avx512(void) {
    enum { MASKS_ZMM = 0xe0, F = 1 << 16, BW = 1 << 30, VBMI2 = 1 << 6 };
    const unsigned VL = 1u << 31;
    return mshim_cpu_has_avx2() && all(known()->saved_states, MASKS_ZMM) &&
           all(known()->features.ebx, F | BW | VL) && all(known()->features.ecx, VBMI2);
}

size_t mshim_cpu_nontemporal_bytes(void) {
    enum { MIN_BYTES = 4 << 20 };
    const size_t bytes = known()->last_cache_bytes / 4 * 3;
    return bytes > MIN_BYTES ? bytes : MIN_BYTES;
}
