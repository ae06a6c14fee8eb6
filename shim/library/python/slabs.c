// SPDX-License-Identifier: MIT
#include "library/python/slabs.h"

#include "library/counters/kernel_calls.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <time.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum {
    CHUNKS_MAX = 32768, /* 64 GiB; what is beyond goes to the selected allocator */
    WORDS_MAX = CHUNKS_MAX / 64,
    HEADER_BYTES = sizeof(struct slab),
    CHUNK_HEADER_BYTES = CHUNK_SLABS * HEADER_BYTES,
    HEADER_STEP_CHUNKS = 16, /* headers are mapped for so many chunks at a time: 64 KiB */
    RETAINED_LIMIT_BYTES = 16 << 20,
    IDLE_NS = 250000000,
};

#define RANGE_BYTES ((uintptr_t)CHUNKS_MAX * CHUNK_BYTES)

/* 64 to 80 TiB: below where Linux puts programs (85 TiB), far from the stack and what mmap chooses by itself
   (127 TiB), above the hints of mimalloc (2 to 30 TiB) and the shadows of the sanitizers. */
#define RANGES_FROM  ((uintptr_t)64 << 40)
#define RANGES_COUNT 128

struct region slabs_region;

/* A bit a slab of each chunk, and a bit a chunk with any of them. */
struct bits {
    uint64_t slabs[CHUNKS_MAX];
    uint64_t chunks[WORDS_MAX];
    size_t lowest; /* no word of `chunks` below this one has a bit */
};

static struct bits dirty; /* empty, backed by memory */
static struct bits clean; /* empty, given back or never touched */
static size_t dirty_count, chunk_count, header_chunk_count;
static size_t retained_limit = RETAINED_LIMIT_BYTES / SLAB_BYTES;

static size_t
    idle_count; /* the fewest dirty slabs since `idle_since_ns`: they were not needed all that time */
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

/* Takes out the lowest slab; SIZE_MAX: none. */
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
    int saved = errno;
    void *got = mshim_kernel_mmap((void *)address, bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (got != MAP_FAILED && got != (void *)address)
        mshim_kernel_munmap(got, bytes); /* a kernel before 4.17, or no such address on this machine */
    errno = saved;
    return got == (void *)address;
}

static bool grow(void) {
    if (chunk_count == CHUNKS_MAX)
        return false;
    if (chunk_count == header_chunk_count) {
        uintptr_t headers = slabs_region.base + RANGE_BYTES + chunk_count * CHUNK_HEADER_BYTES;
        if (!map_at(headers, (size_t)HEADER_STEP_CHUNKS * CHUNK_HEADER_BYTES))
            return false;
        header_chunk_count += HEADER_STEP_CHUNKS;
    }
    if (!map_at(slabs_region.base + chunk_count * (uintptr_t)CHUNK_BYTES, CHUNK_BYTES))
        return false;
    bits_set(&clean, chunk_count, ~(uint64_t)0);
    chunk_count++;
    slabs_region.limit = chunk_count * (size_t)CHUNK_BYTES;
    return true;
}

bool slabs_start(void) {
    /* Where the kernel put the stack and the library is as random as the address has to be. */
    int local;
    uintptr_t seed =
        ((uintptr_t)&local >> 4) * 0x9E3779B97F4A7C15u ^ ((uintptr_t)&dirty >> 12) * 0xD1B54A32D192ED03u;
    for (int attempt = 0; attempt < 4; attempt++) {
        seed ^= seed >> 29;
        seed *= 0xBF58476D1CE4E5B9u;
        uintptr_t slot = (seed >> 40) % RANGES_COUNT;
        uintptr_t shift =
            (seed >> 20) % 4096; /* chunks: 8 GiB, which the unused end of a slot has room for */
        slabs_region.base = RANGES_FROM + slot * 2 * RANGE_BYTES + shift * CHUNK_BYTES;
        slabs_region.header_bias =
            slabs_region.base + RANGE_BYTES - (slabs_region.base >> SLAB_SHIFT) * HEADER_BYTES;
        if (grow())
            return true;
    }
    return false;
}

static void advise_away(size_t chunk, unsigned first, unsigned count) {
    int saved = errno;
    char *start = (char *)slabs_region.base + (chunk * CHUNK_SLABS + first) * (size_t)SLAB_BYTES;
    mshim_kernel_madvise(start, (size_t)count * SLAB_BYTES, MADV_DONTNEED);
    errno = saved;
}

/* Gives back `count` empty slabs from the highest address down, neighbours together. */
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
    return (count - left) * SLAB_BYTES;
}

/* What no one needed for a whole interval goes back; asked whenever a slab changes hands. */
static void give_back_idle(void) {
    if (dirty_count < idle_count)
        idle_count = dirty_count;
    struct timespec now;
    int saved = errno;
    if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) != 0)
        now = (struct timespec){0, 0};
    errno = saved;
    uint64_t now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    if (now_ns - idle_since_ns < IDLE_NS)
        return;
    if (now_ns - idle_since_ns < 2 * (uint64_t)IDLE_NS || idle_count > 0)
        give_back(idle_count);
    idle_since_ns = now_ns;
    idle_count = dirty_count;
}

struct slab *slabs_take(void) {
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
    struct slab *slab = slab_number(number);
    slab->unbacked = unbacked;
    return slab;
}

void slab_prefault(struct slab *slab) {
    if (!slab->unbacked)
        return;
    int saved = errno;
    mshim_kernel_madvise(slab_start(slab), SLAB_BYTES,
                         MADV_POPULATE_WRITE); /* Linux 5.14; refused before, and nothing is lost */
    errno = saved;
    slab->unbacked = false;
}

void slabs_release(struct slab *slab) {
    size_t number = (size_t)((uintptr_t)slab_start(slab) - slabs_region.base) / SLAB_BYTES;
    bits_set(&dirty, number / CHUNK_SLABS, (uint64_t)1 << (number % CHUNK_SLABS));
    dirty_count++;
    if (dirty_count > retained_limit)
        give_back(retained_limit / 8 + 1);
    give_back_idle();
}

size_t slabs_trim(void) {
    return give_back(dirty_count);
}

size_t slabs_count(void) {
    return chunk_count * CHUNK_SLABS;
}

size_t slabs_empty_bytes(void) {
    return dirty_count * SLAB_BYTES;
}

size_t slabs_header_bytes(void) {
    return chunk_count * CHUNK_HEADER_BYTES;
}

void slabs_set_retained_limit(size_t bytes) {
    retained_limit = bytes / SLAB_BYTES;
}
