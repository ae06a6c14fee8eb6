/* SPDX-License-Identifier: MIT */
/* Known sequences of calls in one thread. The argument names one of them. */
#include "model.h"

/* musl has no pvalloc, the shim does. */
static void *whole_pages(size_t size) {
    void *(*function)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "pvalloc");
    CHECK(function);
    return function(opaque(size));
}

static const size_t too_much = (size_t)PTRDIFF_MAX + 1;

/* Numbers worked out by hand, no model. */
static void by_hand(void) {
    static void *kept[50];
    uint64_t kept_bytes = 0;
    begin();
    for (int i = 0; i < 50; i++)
        kept[i] = malloc(opaque(40));
    CHECK(!malloc(opaque(too_much)) && !malloc(opaque(SIZE_MAX)));
    void *zeros = calloc(opaque(7), opaque(300));
    CHECK(zeros && !calloc(opaque(too_much), opaque(2)) && !calloc(opaque(SIZE_MAX), opaque(SIZE_MAX)));
    void *large = malloc(opaque(3000000));
    for (int i = 0; i < 25; i++)
        free(kept[i]);
    free(NULL);
    free(NULL);
    free(NULL);
    end();
    for (int i = 25; i < 50; i++)
        kept_bytes += malloc_usable_size(kept[i]);
    kept_bytes += malloc_usable_size(zeros) + malloc_usable_size(large);
    SAY("malloc.calls", 53, DIFFERENCE(functions[MSHIM_FUNCTION_malloc].calls));
    SAY("malloc.failures", 2, DIFFERENCE(functions[MSHIM_FUNCTION_malloc].failures));
    SAY("malloc.requested_bytes", 3002000, DIFFERENCE(functions[MSHIM_FUNCTION_malloc].requested_bytes));
    SAY("calloc.calls", 3, DIFFERENCE(functions[MSHIM_FUNCTION_calloc].calls));
    SAY("calloc.failures", 2, DIFFERENCE(functions[MSHIM_FUNCTION_calloc].failures));
    SAY("calloc.requested_bytes", 2100, DIFFERENCE(functions[MSHIM_FUNCTION_calloc].requested_bytes));
    SAY("free.calls", 28, DIFFERENCE(functions[MSHIM_FUNCTION_free].calls));
    SAY("free.failures", 0, DIFFERENCE(functions[MSHIM_FUNCTION_free].failures));
    SAY("live_blocks", 27, DIFFERENCE(memory_live_blocks));
    SAY("live_bytes", kept_bytes, DIFFERENCE(memory_live_bytes));
    SAY("sizes.33-48", 50, DIFFERENCE(sizes[3].calls));
    SAY("sizes.33-48.from", 33, after.sizes[3].from_bytes);
    SAY("sizes.33-48.to", 48, after.sizes[3].to_bytes);
    SAY("sizes.last", 4, DIFFERENCE(sizes[MSHIM_SIZE_CLASSES - 1].calls));
}

static void family(void) {
    void (*sized)(void *, size_t) = (void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
    void (*aligned_sized)(void *, size_t, size_t) =
        (void (*)(void *, size_t, size_t))dlsym(RTLD_DEFAULT, "free_aligned_sized");
    int (*trim)(size_t) = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim");
    CHECK(sized && aligned_sized && trim);
    begin();
    void *blocks[20] = {NULL};
    int n = 0;
    blocks[n++] = m_malloc(0);
    blocks[n++] = m_malloc(1);
    blocks[n++] = m_malloc(70000000);
    m_malloc(too_much);
    blocks[n++] = note_block(MSHIM_FUNCTION_calloc, 0, calloc(opaque(0), opaque(100)));
    blocks[n++] = note_block(MSHIM_FUNCTION_calloc, 5 * 13, calloc(opaque(5), opaque(13)));
    note_block(MSHIM_FUNCTION_calloc, SIZE_MAX, calloc(opaque(SIZE_MAX / 2), opaque(3)));
    blocks[n++] = note_block(MSHIM_FUNCTION_aligned_alloc, 640, aligned_alloc(opaque(64), opaque(640)));
    note_block(MSHIM_FUNCTION_aligned_alloc, 641, aligned_alloc(opaque(48), opaque(641)));
    note_block(MSHIM_FUNCTION_aligned_alloc, too_much, aligned_alloc(opaque(64), opaque(too_much)));
    blocks[n++] = note_block(MSHIM_FUNCTION_memalign, 10, memalign(opaque(256), opaque(10)));
    note_block(MSHIM_FUNCTION_memalign, too_much, memalign(opaque(256), opaque(too_much)));
    blocks[n++] = note_block(MSHIM_FUNCTION_valloc, 100, valloc(opaque(100)));
    note_block(MSHIM_FUNCTION_valloc, too_much, valloc(opaque(too_much)));
    blocks[n++] = note_block(MSHIM_FUNCTION_pvalloc, 8192, whole_pages(8192));
    note_block(MSHIM_FUNCTION_pvalloc, SIZE_MAX, whole_pages(SIZE_MAX));
    void *block = NULL;
    CHECK(posix_memalign(&block, opaque(4096), opaque(5000)) == 0);
    blocks[n++] = note_block(MSHIM_FUNCTION_posix_memalign, 5000, block);
    CHECK(posix_memalign(&block, opaque(3), opaque(11)) == EINVAL);
    note_block(MSHIM_FUNCTION_posix_memalign, 11, NULL);
    CHECK(posix_memalign(&block, opaque(4), opaque(12)) == EINVAL);
    note_block(MSHIM_FUNCTION_posix_memalign, 12, NULL);
    CHECK(posix_memalign(&block, opaque(64), opaque(too_much)) == ENOMEM);
    note_block(MSHIM_FUNCTION_posix_memalign, too_much, NULL);
    for (int i = 0; i < n; i += 2) { /* half of them stay */
        void *given = blocks[i];
        switch (i % 3) {
        case 0:
            m_free(given);
            break;
        case 1:
            note_free(MSHIM_FUNCTION_free_sized, given), sized(given, 1);
            break;
        default:
            note_free(MSHIM_FUNCTION_free_aligned_sized, given), aligned_sized(given, 64, 1);
        }
    }
    m_free(NULL);
    note_free(MSHIM_FUNCTION_free_sized, NULL), sized(NULL, 10);
    note_free(MSHIM_FUNCTION_free_aligned_sized, NULL), aligned_sized(NULL, 64, 10);
    m_usable(NULL);
    m_usable(blocks[1]);
    model.calls[MSHIM_FUNCTION_malloc_trim]++, trim(0);
    end();
    say_functions();
    say_live();
    say_sizes();
    SAY("allocated_bytes", model.allocated_bytes, DIFFERENCE(memory_allocated_bytes));
    SAY("freed_bytes", model.freed_bytes, DIFFERENCE(memory_freed_bytes));
    SAY("realloc.in_place", 0, DIFFERENCE(realloc_in_place));
    SAY("realloc.moved", 0, DIFFERENCE(realloc_moved));
    SAY("realloc.copied_bytes", 0, DIFFERENCE(realloc_copied_bytes));
}

/* Large blocks in front of these allocators move without a copy. */
static bool is_moved_by_pages(size_t from_bytes, size_t to_bytes) {
    enum { LARGE_BLOCK_BYTES = 256 * 1024 };
    const char *name = getenv("MSHIM_ALLOCATOR");
    const bool has_large_blocks = !name || strcmp(name, "mimalloc") == 0 || strcmp(name, "jemalloc") == 0;
    return has_large_blocks && from_bytes >= LARGE_BLOCK_BYTES && to_bytes >= LARGE_BLOCK_BYTES;
}

/* What whole pages are made of is not what was asked for. */
static void pvalloc_asks_for_what_it_was_asked(void) {
    begin();
    note_block(MSHIM_FUNCTION_pvalloc, 10, whole_pages(10));
    end();
    say_functions();
    say_sizes();
}

static void reallocs(void) {
    static const size_t steps[] = {1,     8,     17,     100,     90,      1000,    999, 3000, 40,
                                   50000, 49000, 200000, 5000000, 4999999, 9000000, 3,   700};
    begin();
    void *block = m_realloc(NULL, 10);
    void *neighbour = m_malloc(10); /* so that some have to move */
    size_t requested = 10;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        memset(block, 'x', requested);
        const uint64_t moved = model.moved;
        block = m_realloc(block, steps[i]);
        if (model.moved != moved && !is_moved_by_pages(requested, steps[i]))
            model.copied_at_least += requested < steps[i] ? requested : steps[i];
        requested = steps[i];
    }
    CHECK(!m_realloc(block, too_much) && !m_realloc(NULL, too_much));
    void *array = reallocarray(NULL, opaque(10), opaque(20));
    note_realloc(MSHIM_FUNCTION_reallocarray, NULL, 200, 0, array);
    const size_t array_usable = m_usable(array);
    void *larger = reallocarray(array, opaque(1000), opaque(20));
    const uint64_t moved = model.moved;
    note_realloc(MSHIM_FUNCTION_reallocarray, array, 20000, array_usable, larger);
    model.copied_at_least += model.moved != moved ? 200 : 0;
    CHECK(!reallocarray(larger, opaque(SIZE_MAX / 2), opaque(3)));
    note_call(MSHIM_FUNCTION_reallocarray, SIZE_MAX, true);
    void *nothing = m_realloc(m_malloc(33), 0); /* freed by glibc, a smallest block on musl */
    m_realloc(NULL, 0);
    end();
    say_functions();
    say_live();
    say_sizes();
    SAY("realloc.in_place", model.in_place, DIFFERENCE(realloc_in_place));
    SAY("realloc.moved", model.moved, DIFFERENCE(realloc_moved));
    SAY("realloc.some_moved", 1, model.moved > 0);
    SAY("realloc.copied_bytes_is_enough", 1, DIFFERENCE(realloc_copied_bytes) >= model.copied_at_least);
    SAY("realloc.copied_bytes_is_not_too_much", 1, DIFFERENCE(realloc_copied_bytes) <= model.copied_at_most);
    begin();
    m_free(block), m_free(neighbour), m_free(larger), m_free(nothing);
    end();
    say_functions();
    say_live();
}

/* Sizes on both sides of each boundary; the classes join and are as fine as promised. */
static void sizes(void) {
    begin();
    for (int i = 1; i < MSHIM_SIZE_CLASSES; i++)
        SAY("class.joins", before.sizes[i - 1].to_bytes + 1, before.sizes[i].from_bytes);
    SAY("class.first", 0, before.sizes[0].from_bytes + before.sizes[0].to_bytes);
    SAY("class.last", UINT64_MAX, before.sizes[MSHIM_SIZE_CLASSES - 1].to_bytes);
    for (int i = 1; i <= 64; i++)
        SAY("class.is_16_wide", i * 16, before.sizes[i].to_bytes);
    for (int i = 65; before.sizes[i].to_bytes <= 64 << 20; i++)
        SAY("class.is_a_quarter_doubling", 1,
            (before.sizes[i].to_bytes - before.sizes[i].from_bytes + 1) * 4 <= before.sizes[i].to_bytes);
    for (int i = 0; i < MSHIM_SIZE_CLASSES - 1 && before.sizes[i].to_bytes <= 64 << 20; i++) {
        m_free(m_malloc(before.sizes[i].from_bytes));
        m_free(m_malloc(before.sizes[i].to_bytes));
    }
    for (size_t size = 0; size < 5000; size++)
        m_free(m_malloc(size));
    end();
    say_functions();
    say_sizes();
    say_live();
}

static void peak(void) {
    void *blocks[3000];
    begin();
    uint64_t truth = before.memory_live_bytes;
    for (int i = 0; i < 3000; i++) {
        blocks[i] = malloc(opaque(1 + (size_t)i));
        truth += malloc_usable_size(blocks[i]);
    }
    for (int i = 0; i < 3000; i++)
        free(blocks[i]);
    for (int i = 0; i < 1000; i++)
        free(malloc(1000));
    end();
    CHECK(truth > before.memory_peak_live_bytes);
    SAY("peak.not_too_low", 1, after.memory_peak_live_bytes + 64 * 1024 >= truth);
    SAY("peak.not_too_high", 1, after.memory_peak_live_bytes <= truth + 64 * 1024);
    begin();
    void *volatile large = malloc(opaque(100 << 20)); /* one call is far more than the window */
    truth = before.memory_live_bytes + malloc_usable_size(large);
    free(large);
    end();
    SAY("peak.large.not_too_low", 1, after.memory_peak_live_bytes + 64 * 1024 >= truth);
    SAY("peak.large.not_too_high", 1, after.memory_peak_live_bytes <= truth + 64 * 1024);
    begin();
    void *block = malloc(10); /* by a chain of reallocs */
    truth = before.memory_live_bytes;
    for (size_t size = 1000; size <= 150000000; size *= 5) {
        block = realloc(block, size);
        if (before.memory_live_bytes + malloc_usable_size(block) > truth)
            truth = before.memory_live_bytes + malloc_usable_size(block);
    }
    free(block);
    end();
    CHECK(truth > 100 << 20 || after.memory_peak_live_bytes >= truth);
    SAY("peak.realloc.not_too_low", 1, after.memory_peak_live_bytes + 64 * 1024 >= truth);
}

static const struct sequence sequences[] = {
    {"by_hand", by_hand}, {"family", family}, {"reallocs", reallocs},
    {"sizes", sizes},     {"peak", peak},     {"pvalloc", pvalloc_asks_for_what_it_was_asked}};

int main(int argc, char **argv) {
    return run_named(sequences, sizeof sequences / sizeof *sequences, argc, argv) ? 0 : 2;
}
