/* SPDX-License-Identifier: MIT */
/*
 * A random sequence of calls of the whole malloc family, and what must hold of it: alignment, blocks that do not
 * overlap, contents over realloc, zeros from calloc, and, where the counters can be read, every call, live byte
 * and live block.
 *
 * MSHIM_TEST_SEED repeats a sequence, MSHIM_TEST_COUNT says how many thousand calls there are.
 */
#ifndef MSHIM_TESTS_RANDOM_CALLS_H
#define MSHIM_TESTS_RANDOM_CALLS_H

#include "check.h"

#include <malloc.h>
#include <mshim.h>
#include <time.h>

enum { BLOCKS = 512, MAX_BYTES = 5 << 20, FILLED_ENDS_BYTES = 512, FILL_STEP_BYTES = 4096 };

struct block {
    unsigned char *start; /* NULL: none */
    size_t size, usable;
    unsigned char fill;
};

/* Of one thread. `calls` and `live_bytes` are what the counters must say. */
struct sequence {
    uint64_t random;
    struct block blocks[BLOCKS];
    uint64_t calls[MSHIM_FUNCTIONS];
    uint64_t live_bytes, live_blocks;
    unsigned char fill;
};

/* Not declared by every libc; NULL where there is none. */
static void *(*find_pvalloc)(size_t);
static void (*find_free_sized)(void *, size_t);
static void (*find_free_aligned_sized)(void *, size_t, size_t);

static int (*read_counters)(struct mshim_counters *, size_t);

static uint64_t seed_of_test;

#define CHECK_SEEDED(condition)                                                                              \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: %s (MSHIM_TEST_SEED=%llu)\n", __FILE__, __LINE__, #condition,            \
                    (unsigned long long)seed_of_test);                                                       \
            _exit(1);                                                                                        \
        }                                                                                                    \
    } while (0)

static uint64_t next_random(struct sequence *sequence) {
    uint64_t x = sequence->random += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t below(struct sequence *sequence, uint64_t bound) {
    return next_random(sequence) % bound;
}

static void find_functions(void) {
    const char *seed = getenv("MSHIM_TEST_SEED");
    seed_of_test = seed ? strtoull(seed, NULL, 10) : (uint64_t)getpid() * 1000003 + (uint64_t)time(NULL);
    find_pvalloc = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "pvalloc");
    find_free_sized = (void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
    find_free_aligned_sized = (void (*)(void *, size_t, size_t))dlsym(RTLD_DEFAULT, "free_aligned_sized");
    read_counters = (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
}

static long calls_of_test(void) {
    return count_or(100) * 1000L;
}

/* Powers of two and their neighbours, and everything between; few of them large. */
static size_t random_size(struct sequence *sequence) {
    const uint64_t kind = below(sequence, 1000);
    const unsigned max_shift = kind < 970 ? 16 : kind < 996 ? 19 : 22;
    const size_t power = (size_t)1 << below(sequence, max_shift + 1);
    switch (below(sequence, 4)) {
    case 0:
        return power;
    case 1:
        return power - 1;
    case 2:
        return power + 1;
    default:
        return below(sequence, power) + below(sequence, power);
    }
}

/* A block is filled to its usable end: whole where it is small, else at both ends and in every page. */
static void fill(const struct block *block, size_t from) {
    for (size_t at = from; at < block->usable; at++) {
        block->start[at] = block->fill;
        if (at >= FILLED_ENDS_BYTES && at + FILLED_ENDS_BYTES < block->usable) {
            const size_t next = (at / FILL_STEP_BYTES + 1) * FILL_STEP_BYTES;
            at = next < block->usable - FILLED_ENDS_BYTES ? next - 1 : block->usable - FILLED_ENDS_BYTES - 1;
        }
    }
}

static void check_filled(const struct block *block, size_t to) {
    for (size_t at = 0; at < to; at++) {
        CHECK_SEEDED(block->start[at] == block->fill);
        if (at >= FILLED_ENDS_BYTES && at + FILLED_ENDS_BYTES < block->usable) {
            const size_t next = (at / FILL_STEP_BYTES + 1) * FILL_STEP_BYTES;
            at = next < block->usable - FILLED_ENDS_BYTES ? next - 1 : block->usable - FILLED_ENDS_BYTES - 1;
        }
    }
}

static void check_zeros(const unsigned char *start, size_t size) {
    CHECK_SEEDED(size == 0 || (start[0] == 0 && memcmp(start, start + 1, size - 1) == 0));
}

static void take(struct sequence *sequence, struct block *block, void *start, size_t size, size_t alignment) {
    CHECK_SEEDED(start && (uintptr_t)start % alignment == 0);
    block->start = start;
    block->size = size;
    block->usable = malloc_usable_size(start);
    block->fill = ++sequence->fill;
    sequence->calls[MSHIM_FUNCTION_malloc_usable_size]++;
    CHECK_SEEDED(block->usable >= size && block->usable <= PTRDIFF_MAX);
    sequence->live_bytes += block->usable;
    sequence->live_blocks++;
    fill(block, 0);
}

static size_t natural_alignment(size_t size) {
    return size >= 16 ? 16 : 8;
}

static void allocate(struct sequence *sequence, struct block *block) {
    const size_t size = random_size(sequence), alignment = (size_t)8 << below(sequence, 14);
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *start = NULL;
    switch (below(sequence, 10)) {
    case 0:
    case 1:
        sequence->calls[MSHIM_FUNCTION_malloc]++;
        take(sequence, block, malloc(opaque(size)), size, natural_alignment(size));
        break;
    case 2: {
        const size_t count = below(sequence, 7) + 1;
        sequence->calls[MSHIM_FUNCTION_calloc]++;
        start = calloc(count, opaque(size));
        CHECK_SEEDED(start);
        check_zeros(start, count * size);
        take(sequence, block, start, count * size, natural_alignment(size));
        break;
    }
    case 3:
        sequence->calls[MSHIM_FUNCTION_realloc]++;
        take(sequence, block, realloc(NULL, opaque(size)), size, natural_alignment(size));
        break;
    case 4:
        sequence->calls[MSHIM_FUNCTION_aligned_alloc]++;
        take(sequence, block, aligned_alloc(alignment, opaque(size)), size, alignment);
        break;
    case 5:
    case 6:
        sequence->calls[MSHIM_FUNCTION_posix_memalign]++;
        CHECK_SEEDED(posix_memalign(&start, alignment, opaque(size)) == 0);
        take(sequence, block, start, size, alignment);
        break;
    case 7:
        sequence->calls[MSHIM_FUNCTION_memalign]++;
        take(sequence, block, memalign(alignment, opaque(size)), size, alignment);
        break;
    case 8:
        sequence->calls[MSHIM_FUNCTION_valloc]++;
        take(sequence, block, valloc(opaque(size)), size, page);
        break;
    default:
        if (!find_pvalloc)
            break;
        sequence->calls[MSHIM_FUNCTION_pvalloc]++;
        take(sequence, block, find_pvalloc(opaque(size)), (size + page - 1) & ~(page - 1), page);
    }
}

static void forget(struct sequence *sequence, struct block *block) {
    sequence->live_bytes -= block->usable;
    sequence->live_blocks--;
}

static void release(struct sequence *sequence, struct block *block) {
    check_filled(block, block->usable);
    forget(sequence, block);
    const uint64_t kind = below(sequence, 8);
    if (kind == 0 && find_free_sized) {
        sequence->calls[MSHIM_FUNCTION_free_sized]++;
        find_free_sized(block->start, block->size);
    } else if (kind == 1 && find_free_aligned_sized) {
        sequence->calls[MSHIM_FUNCTION_free_aligned_sized]++;
        find_free_aligned_sized(block->start, 8, block->size);
    } else {
        sequence->calls[MSHIM_FUNCTION_free]++;
        free(block->start);
    }
    block->start = NULL;
}

/* Half of the time by a little, as buffers grow. */
static void resize(struct sequence *sequence, struct block *block) {
    size_t size = below(sequence, 2) ? random_size(sequence) : block->size + below(sequence, 1000);
    size = size == 0 ? 1 : size > MAX_BYTES ? MAX_BYTES : size;
    const struct block was = *block;
    const bool by_array = below(sequence, 4) == 0;
    sequence->calls[by_array ? MSHIM_FUNCTION_reallocarray : MSHIM_FUNCTION_realloc]++;
    void *start =
        by_array ? reallocarray(block->start, 1, opaque(size)) : realloc(block->start, opaque(size));
    CHECK_SEEDED(start && (uintptr_t)start % natural_alignment(size) == 0);
    struct block kept = was;
    kept.start = start;
    check_filled(&kept, was.usable < size ? was.usable : size);
    forget(sequence, block);
    take(sequence, block, start, size, 8);
}

static void one_call(struct sequence *sequence) {
    struct block *block = &sequence->blocks[below(sequence, BLOCKS)];
    if (!block->start)
        allocate(sequence, block);
    else if (below(sequence, 3) == 0)
        resize(sequence, block);
    else
        release(sequence, block);
}

static void release_all(struct sequence *sequence) {
    for (size_t i = 0; i < BLOCKS; i++)
        if (sequence->blocks[i].start)
            release(sequence, &sequence->blocks[i]);
}

static void read_now(struct mshim_counters *out) {
    if (read_counters)
        CHECK_SEEDED(read_counters(out, sizeof *out) == 0);
}

static void check_counters(const struct mshim_counters *before, const struct mshim_counters *after,
                           const struct sequence *sequences, size_t count) {
    if (!read_counters)
        return;
    uint64_t bytes = 0, blocks = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += sequences[i].live_bytes;
        blocks += sequences[i].live_blocks;
    }
    CHECK_SEEDED(after->memory_live_bytes - before->memory_live_bytes == bytes);
    CHECK_SEEDED(after->memory_live_blocks - before->memory_live_blocks == blocks);
    for (size_t function = 0; function < MSHIM_FUNCTIONS; function++) {
        uint64_t calls = 0;
        for (size_t i = 0; i < count; i++)
            calls += sequences[i].calls[function];
        CHECK_SEEDED(after->functions[function].calls - before->functions[function].calls == calls);
        CHECK_SEEDED(after->functions[function].failures == before->functions[function].failures);
    }
}

#endif
