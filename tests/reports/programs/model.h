/* SPDX-License-Identifier: MIT */
/*
 * A model of what has to be counted: each function here makes one call and notes what the documentation says
 * about such a call. It knows nothing of how the library counts. Programs print "name expected counted".
 */
#ifndef MSHIM_TESTS_MODEL_H
#define MSHIM_TESTS_MODEL_H

#include "../../programs/check.h"

#include <malloc.h>
#include <mshim.h>

static int (*read_counters)(struct mshim_counters *, size_t);
static struct mshim_counters before, after;

struct model {
    uint64_t calls[MSHIM_FUNCTIONS], failures[MSHIM_FUNCTIONS], requested_bytes[MSHIM_FUNCTIONS];
    uint64_t sizes[MSHIM_SIZE_CLASSES];
    uint64_t in_place, moved, copied_at_least, copied_at_most;
    uint64_t allocated_bytes, freed_bytes, allocated_blocks, freed_blocks;
};
static struct model model;

#define SAY(name, expected, counted)                                                                         \
    printf("%s %llu %llu\n", name, (unsigned long long)(expected), (unsigned long long)(counted))
#define DIFFERENCE(field) (after.field - before.field)

static inline void find_counters(void) {
    read_counters = (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    CHECK(read_counters && read_counters(&before, sizeof before) == 0);
    CHECK(before.format == MSHIM_COUNTERS_FORMAT && before.size_bytes == sizeof before);
    static char buffer[1 << 16];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer); /* stdio allocates nothing while we count */
}

static inline void begin(void) {
    memset(&model, 0, sizeof model);
    CHECK(read_counters(&before, sizeof before) == 0);
}

static inline void end(void) {
    CHECK(read_counters(&after, sizeof after) == 0);
}

/* By looking: the class that holds the size. */
static inline int class_of(uint64_t size) {
    for (int i = 0; i < MSHIM_SIZE_CLASSES; i++)
        if (before.sizes[i].from_bytes <= size && size <= before.sizes[i].to_bytes)
            return i;
    return -1;
}

static inline void note_call(enum mshim_function function, uint64_t size, bool failed) {
    model.calls[function]++;
    model.failures[function] += failed;
    model.requested_bytes[function] += failed ? 0 : size;
    model.sizes[class_of(size)]++;
}

static inline size_t m_usable(void *block) {
    model.calls[MSHIM_FUNCTION_malloc_usable_size]++;
    return malloc_usable_size(block);
}

static inline void *note_block(enum mshim_function function, size_t size, void *block) {
    note_call(function, size, !block);
    if (block) {
        model.allocated_blocks++;
        model.allocated_bytes += m_usable(block);
    }
    return block;
}

static inline void note_free(enum mshim_function function, void *block) {
    model.calls[function]++;
    if (block) {
        model.freed_blocks++;
        model.freed_bytes += m_usable(block);
    }
}

static inline void *m_malloc(size_t size) {
    return note_block(MSHIM_FUNCTION_malloc, size, malloc(opaque(size)));
}

static inline void m_free(void *block) {
    note_free(MSHIM_FUNCTION_free, block);
    free(block);
}

static inline void *note_realloc(enum mshim_function function, void *old, size_t size, size_t old_usable,
                                 void *block) {
    const bool released = old && size == 0 && !block; /* glibc's realloc(p, 0) */
    note_call(function, size, !block && !released);
    if (!block && !released)
        return NULL;
    const size_t usable = block ? m_usable(block) : 0;
    model.allocated_bytes +=
        usable; /* allocated and freed by themselves are only looked at where nothing is reallocated */
    model.freed_bytes += old_usable;
    model.allocated_blocks += !old;
    model.freed_blocks += released;
    if (old && block == old) {
        model.in_place++;
    } else if (old && block) {
        model.moved++;
        model.copied_at_most += old_usable < usable ? old_usable : usable;
    }
    return block;
}

static inline void *m_realloc(void *old, size_t size) {
    const size_t old_usable = old ? m_usable(old) : 0;
    return note_realloc(MSHIM_FUNCTION_realloc, old, size, old_usable, realloc(old, opaque(size)));
}

#define SAY_FUNCTION(name, sized, help) say_function(#name, MSHIM_FUNCTION_##name, sized);
enum { UNSIZED, SIZED };

static inline void say_function(const char *name, enum mshim_function function, int sized) {
    char text[64];
    snprintf(text, sizeof text, "%s.calls", name);
    SAY(text, model.calls[function], DIFFERENCE(functions[function].calls));
    snprintf(text, sizeof text, "%s.failures", name);
    SAY(text, model.failures[function], DIFFERENCE(functions[function].failures));
    snprintf(text, sizeof text, "%s.requested_bytes", name);
    if (sized)
        SAY(text, model.requested_bytes[function], DIFFERENCE(functions[function].requested_bytes));
    else
        SAY(text, MSHIM_ABSENT, after.functions[function].requested_bytes);
}

static inline void say_functions(void) {
#define MSHIM_FUNCTION SAY_FUNCTION
#include <mshim/functions.def>
#undef MSHIM_FUNCTION
}

static inline void say_live(void) {
    SAY("live_bytes", model.allocated_bytes - model.freed_bytes, DIFFERENCE(memory_live_bytes));
    SAY("live_blocks", model.allocated_blocks - model.freed_blocks, DIFFERENCE(memory_live_blocks));
    SAY("live_is_the_difference", after.memory_live_bytes,
        after.memory_allocated_bytes - after.memory_freed_bytes + after.memory_inherited_live_bytes);
}

static inline void say_sizes(void) {
    char text[64];
    uint64_t sized_calls = 0, all = 0;
    for (int i = 0; i < MSHIM_SIZE_CLASSES; i++) {
        all += after.sizes[i].calls;
        if (model.sizes[i] || DIFFERENCE(sizes[i].calls)) {
            snprintf(text, sizeof text, "sizes.%llu-", (unsigned long long)after.sizes[i].from_bytes);
            SAY(text, model.sizes[i], DIFFERENCE(sizes[i].calls));
        }
    }
    for (int i = 0; i < MSHIM_FUNCTIONS; i++)
        if (after.functions[i].requested_bytes != MSHIM_ABSENT)
            sized_calls += after.functions[i].calls;
    SAY("sizes.sum", sized_calls, all);
}

struct sequence {
    const char *name;
    void (*function)(void);
};

/* The one that the first argument names; false where there is none. */
static inline bool run_named(const struct sequence *sequences, size_t count, int argc, char **argv) {
    find_counters();
    for (size_t i = 0; argc > 1 && i < count; i++)
        if (strcmp(argv[1], sequences[i].name) == 0) {
            sequences[i].function();
            return true;
        }
    return false;
}

#endif
