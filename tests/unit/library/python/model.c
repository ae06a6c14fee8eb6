/* SPDX-License-Identifier: MIT */
/* Random calls against a model that knows what every block must hold, and what must have been counted. */
#include "objects.h"

#include <criterion/criterion.h>
#include <string.h>

enum { SLOTS = 20000, ROUNDS = 1500000, LARGEST = 1600 };

struct slot {
    unsigned char *block;
    size_t size;
    unsigned char byte;
    unsigned domain;
};

static struct slot slots[SLOTS];
static uint64_t allocated[MSHIM_PYTHON_DOMAINS][MSHIM_PYTHON_SMALL_CLASSES],
    freed[MSHIM_PYTHON_DOMAINS][MSHIM_PYTHON_SMALL_CLASSES];

static bool is_class(size_t size) {
    return size <= MSHIM_PYTHON_SMALL_MAX_BYTES;
}

static unsigned class_index(size_t size) {
    return size == 0 ? 0 : (unsigned)((size - 1) / 16);
}

static void check(const struct slot *slot) {
    size_t limit = slot->size < 64 ? slot->size : 64;
    for (size_t i = 0; i < limit; i++) {
        cr_assert_eq(slot->block[i], slot->byte);
        cr_assert_eq(slot->block[slot->size - 1 - i], slot->byte);
    }
}

static void fill(struct slot *slot, uint64_t random) {
    slot->byte = (unsigned char)(random >> 32);
    memset(slot->block, slot->byte, slot->size);
}

static void release(struct slot *slot) {
    check(slot);
    if (mshim_python_is_small(slot->block))
        freed[slot->domain][(mshim_python_slab_of(slot->block)->block_bytes) / 16 - 1]++;
    mshim_python_objects_free(&mshim_python_fronts[slot->domain], slot->block);
    slot->block = NULL;
}

static void allocate(struct slot *slot, size_t size, uint64_t random) {
    slot->domain = random >> 20 & 1;
    slot->size = size;
    if (random >> 21 & 1) {
        slot->block = mshim_python_objects_calloc(&mshim_python_fronts[slot->domain], 1, size);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(slot->block[i], 0);
    } else {
        slot->block = mshim_python_objects_malloc(&mshim_python_fronts[slot->domain], size);
    }
    cr_assert_not_null(slot->block);
    cr_assert_eq((uintptr_t)slot->block % 16, 0);
    cr_assert_eq(mshim_python_is_small(slot->block), is_class(size));
    if (is_class(size))
        allocated[slot->domain][class_index(size)]++;
    fill(slot, random);
}

static void resize(struct slot *slot, size_t size, uint64_t random) {
    check(slot);
    bool was_small = mshim_python_is_small(slot->block);
    size_t old_class = was_small ? mshim_python_slab_of(slot->block)->block_bytes / 16 - 1u : 0;
    unsigned char *moved =
        mshim_python_objects_realloc(&mshim_python_fronts[slot->domain], slot->block, size);
    cr_assert_not_null(moved);
    size_t kept = size < slot->size ? size : slot->size;
    for (size_t i = 0; i < kept; i++)
        cr_assert_eq(moved[i], slot->byte);
    if (moved != slot->block) {
        if (was_small)
            freed[slot->domain][old_class]++;
        if (mshim_python_is_small(moved))
            allocated[slot->domain][class_index(size)]++;
    }
    slot->block = moved;
    slot->size = size;
    fill(slot, random);
}

Test(python_objects, random_calls) {
    start_objects();
    uint64_t state = 88172645463325252u;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t random = next_random(&state);
        struct slot *slot = &slots[random % SLOTS];
        size_t size = random >> 40 & 7 ? next_random(&state) % 513 : next_random(&state) % LARGEST;
        if (slot->block == NULL)
            allocate(slot, size, random);
        else if (random >> 50 & 3)
            release(slot);
        else
            resize(slot, size, random);
    }
    struct mshim_counters counters = read_counters();
    uint64_t live_blocks[MSHIM_PYTHON_DOMAINS] = {0};
    for (int i = 0; i < SLOTS; i++)
        live_blocks[slots[i].domain] += slots[i].block != NULL;
    const struct mshim_python_counters *counts[] = {&counters.python_mem, &counters.python_object};
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        cr_expect_eq(counts[domain]->live_blocks, live_blocks[domain]);
        cr_expect_eq(counts[domain]->allocations - counts[domain]->frees, live_blocks[domain]);
        cr_expect_eq(counts[domain]->allocated_bytes - counts[domain]->freed_bytes,
                     counts[domain]->live_bytes);
        const struct mshim_stats_python_class *small = mshim_stats.python_heaps[0].domains[domain].small;
        for (unsigned c = 0; c < MSHIM_PYTHON_SMALL_CLASSES; c++) {
            cr_expect_eq(small[c].allocated, allocated[domain][c]);
            cr_expect_eq(small[c].freed, freed[domain][c]);
        }
    }
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].block != NULL)
            release(&slots[i]);
    }
    counters = read_counters();
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        cr_expect_eq(counts[domain]->live_blocks, 0);
        cr_expect_eq(counts[domain]->live_bytes, 0);
    }
    cr_expect_eq(asked_malloc + asked_calloc, asked_free);
}

/* Every block of every class, several slabs of them: aligned, apart from each other, within
 * its slab. */
Test(python_objects, blocks_do_not_overlap) {
    start_objects();
    for (size_t size = 1; size <= MSHIM_PYTHON_SMALL_MAX_BYTES; size += 5) {
        size_t count = 3 * MSHIM_PYTHON_SLAB_BYTES / size;
        unsigned char **blocks = malloc(count * sizeof *blocks);
        for (size_t i = 0; i < count; i++) {
            blocks[i] = mshim_python_objects_malloc(OBJECT, size);
            memset(blocks[i], (int)(i % 251), size);
        }
        for (size_t i = 0; i < count; i++) {
            cr_assert_eq((uintptr_t)blocks[i] % 16, 0);
            cr_assert_eq(blocks[i][0], i % 251);
            cr_assert_eq(blocks[i][size - 1], i % 251);
            mshim_python_objects_free(OBJECT, blocks[i]);
        }
        free(blocks);
    }
}
