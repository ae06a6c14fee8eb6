/* SPDX-License-Identifier: MIT */
#include "library/python/slabs.h"

#include "library/counters/kernel_calls.h"

#include "shared/base/attributes.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <sys/mman.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum {
    CHUNK_SLABS = 64,
    CHUNK_BYTES = MSHIM_PYTHON_SLAB_BYTES * CHUNK_SLABS,
    CHUNKS_MAX = 32768, /* 64 GiB; beyond that the selected allocator serves */
    WORDS_MAX = CHUNKS_MAX / 64,
    HEADER_BYTES = sizeof(struct mshim_python_slab),
    CHUNK_HEADER_BYTES = CHUNK_SLABS * HEADER_BYTES,
    HEADER_STEP_CHUNKS = 16, /* headers are mapped 64 KiB at a time */
    RETAINED_LIMIT_BYTES = 16 << 20,
    IDLE_NS = 250000000,
};

#define RANGE_BYTES ((uintptr_t)CHUNKS_MAX * CHUNK_BYTES)

/* 64 to 80 TiB: below position-independent programs (85 TiB), far below the stack and what mmap chooses (127
 * TiB), above mimalloc's hints (2 to 30 TiB) and the sanitizers' shadow memory. */
#define RANGES_FROM  ((uintptr_t)64 << 40)
#define RANGES_COUNT 128

struct mshim_python_region mshim_python_region;

/* One bit per slab, and one per chunk that has any of them set. */
struct bits {
    uint64_t slabs[CHUNKS_MAX];
    uint64_t chunks[WORDS_MAX];
    size_t lowest; /* all words of `chunks` below this one are 0 */
};

static struct bits dirty; /* empty, backed by memory */
static struct bits clean; /* empty, given back or never touched */
static size_t dirty_count, chunk_count, header_chunk_count;
static size_t retained_limit = RETAINED_LIMIT_BYTES / MSHIM_PYTHON_SLAB_BYTES;

/* The minimum of dirty_count since idle_since_ns: so many were not needed in all that time. */
static size_t idle_count;
static uint64_t idle_since_ns;

static void bits_set(struct bits *bits, size_t chunk, uint64_t mask) {
    bits->slabs[chunk] |= mask;
    bits->chunks[chunk / 64] |= (uint64_t)1 << (chunk % 64);
    if (chunk / 64 < bits->lowest)
        bits->lowest = chunk / 64;
}

static void bits_clear(struct bits *bits, size_t chunk, uint64_t mask) {
    bits->slabs[chunk] &= ~mask;
    if (bits->slabs[chunk] == 0)
        bits->chunks[chunk / 64] &= ~((uint64_t)1 << (chunk % 64));
}

/* Clears the lowest bit and returns the slab's number; SIZE_MAX: there is none. */
static size_t bits_take(struct bits *bits) {
    size_t words = (chunk_count + 63) / 64;
    for (size_t word = bits->lowest; word < words; word++) {
        if (bits->chunks[word] == 0)
            continue;
        bits->lowest = word;
        size_t chunk = word * 64 + (size_t)__builtin_ctzll(bits->chunks[word]);
        size_t slab = (size_t)__builtin_ctzll(bits->slabs[chunk]);
        bits_clear(bits, chunk, (uint64_t)1 << slab);
        return chunk * CHUNK_SLABS + slab;
    }
    bits->lowest = words;
    return SIZE_MAX;
}

static bool map_at(uintptr_t address, size_t bytes) {
    const int saved = errno;
    void *const got =
        mshim_kernel_mmap((void *)address, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (got != MAP_FAILED && got != (void *)address)
        mshim_kernel_munmap(got, bytes); /* before Linux 4.17 the address was only a hint */
    errno = saved;
    return got == (void *)address;
}

static bool grow(void) {
    if (chunk_count == CHUNKS_MAX)
        return false;
    if (chunk_count == header_chunk_count) {
        uintptr_t headers = (uintptr_t)mshim_python_region.headers + chunk_count * CHUNK_HEADER_BYTES;
        if (!map_at(headers, (size_t)HEADER_STEP_CHUNKS * CHUNK_HEADER_BYTES))
            return false;
        header_chunk_count += HEADER_STEP_CHUNKS;
    }
    if (!map_at(mshim_python_region.base + chunk_count * (uintptr_t)CHUNK_BYTES, CHUNK_BYTES))
        return false;
    bits_set(&clean, chunk_count, ~(uint64_t)0);
    chunk_count++;
    mshim_python_region.limit = chunk_count * (size_t)CHUNK_BYTES;
    return true;
}

bool mshim_python_slabs_start(void) {
    /* The random addresses of stack and library are seed enough: the range is not meant to be a secret. */
    int local;
    uintptr_t seed =
        ((uintptr_t)&local >> 4) * 0x9E3779B97F4A7C15u ^ ((uintptr_t)&dirty >> 12) * 0xD1B54A32D192ED03u;
    for (int attempt = 0; attempt < 4; attempt++) {
        seed ^= seed >> 29;
        seed *= 0xBF58476D1CE4E5B9u;
        uintptr_t slot = (seed >> 40) % RANGES_COUNT;
        uintptr_t shift = (seed >> 20) % 4096; /* chunks; the unused end of a slot has 8 GiB to spare */
        mshim_python_region.base = RANGES_FROM + slot * 2 * RANGE_BYTES + shift * CHUNK_BYTES;
        mshim_python_region.headers = (char *)mshim_python_region.base + RANGE_BYTES;
        if (grow())
            return true;
    }
    return false;
}

static void advise_away(size_t chunk, unsigned first, unsigned count) {
    const int saved = errno;
    char *start =
        (char *)mshim_python_region.base + (chunk * CHUNK_SLABS + first) * (size_t)MSHIM_PYTHON_SLAB_BYTES;
    mshim_kernel_madvise(start, (size_t)count * MSHIM_PYTHON_SLAB_BYTES, MADV_DONTNEED);
    errno = saved;
}

/* Gives back the memory of `count` empty slabs, highest addresses first, neighbours by one call. */
static size_t give_back(size_t count) {
    size_t left = count;
    for (size_t word = (chunk_count + 63) / 64; word-- > 0 && left > 0;) {
        while (dirty.chunks[word] != 0 && left > 0) {
            size_t chunk = word * 64 + 63 - (size_t)__builtin_clzll(dirty.chunks[word]);
            uint64_t slabs = dirty.slabs[chunk];
            unsigned top = 63 - (unsigned)__builtin_clzll(slabs);
            unsigned run = 1;
            while (run <= top && run < left && (slabs >> (top - run) & 1) != 0)
                run++;
            unsigned first = top - run + 1;
            uint64_t mask = (run == 64 ? ~(uint64_t)0 : ((uint64_t)1 << run) - 1) << first;
            bits_clear(&dirty, chunk, mask);
            bits_set(&clean, chunk, mask);
            advise_away(chunk, first, run);
            left -= run;
        }
    }
    dirty_count -= count - left;
    if (idle_count > dirty_count)
        idle_count = dirty_count;
    return (count - left) * MSHIM_PYTHON_SLAB_BYTES;
}

/* Gives back what nobody needed for a whole interval. Called whenever a slab is taken or released. */
static void give_back_idle(void) {
    if (dirty_count < idle_count)
        idle_count = dirty_count;
    const int saved = errno;
    const uint64_t now_ns = mshim_clock_ns(CLOCK_MONOTONIC_COARSE);
    errno = saved;
    if (now_ns - idle_since_ns < IDLE_NS)
        return;
    if (now_ns - idle_since_ns < 2 * (uint64_t)IDLE_NS || idle_count > 0)
        give_back(idle_count);
    idle_since_ns = now_ns;
    idle_count = dirty_count;
}

struct mshim_python_slab *mshim_python_slabs_take(void) {
    size_t number = SIZE_MAX;
    bool unbacked = dirty_count == 0;
    if (!unbacked) {
        number = bits_take(&dirty);
        dirty_count--;
    } else {
        number = bits_take(&clean);
        if (number == SIZE_MAX) {
            if (!grow())
                return NULL;
            number = bits_take(&clean);
        }
    }
    give_back_idle();
    struct mshim_python_slab *slab = mshim_python_slab_number(number);
    slab->unbacked = unbacked;
    return slab;
}

void mshim_python_slab_prefault(struct mshim_python_slab *slab) {
    if (!slab->unbacked)
        return;
    const int saved = errno;
    /* Refused before Linux 5.14; then the pages come one fault at a time, as ever. */
    mshim_kernel_madvise(mshim_python_slab_start(slab), MSHIM_PYTHON_SLAB_BYTES, MADV_POPULATE_WRITE);
    errno = saved;
    slab->unbacked = false;
}

void mshim_python_slabs_release(struct mshim_python_slab *slab) {
    const size_t number = mshim_python_slab_index(slab);
    bits_set(&dirty, number / CHUNK_SLABS, (uint64_t)1 << (number % CHUNK_SLABS));
    dirty_count++;
    if (dirty_count > retained_limit)
        give_back(retained_limit / 8 + 1);
    give_back_idle();
}

size_t mshim_python_slabs_trim(void) {
    return give_back(dirty_count);
}

size_t mshim_python_slabs_count(void) {
    return chunk_count * CHUNK_SLABS;
}

size_t mshim_python_slabs_empty_bytes(void) {
    return dirty_count * MSHIM_PYTHON_SLAB_BYTES;
}

size_t mshim_python_slabs_header_bytes(void) {
    return chunk_count * CHUNK_HEADER_BYTES;
}

void mshim_python_slabs_set_retained_limit(size_t bytes) {
    retained_limit = bytes / MSHIM_PYTHON_SLAB_BYTES;
}
