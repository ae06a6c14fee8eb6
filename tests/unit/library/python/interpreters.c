/* SPDX-License-Identifier: MIT */
/* Interpreters with a GIL of their own, played by threads: each has its heap, and all of it comes back. */
#include "objects.h"

#include "library/python/multi_gil.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

enum { INTERPRETERS = 4, TURNS = 200000, SLOTS = 1000 };

static char main_interpreter[MSHIM_PYTHON_WATCHED_BYTES];
static char *interpreters[INTERPRETERS];
static void *newest = main_interpreter;
static __thread void *mine = NULL;

static void *current_thread(void) {
    return mine;
}

static void *interpreter_of_thread(void *thread) {
    return thread;
}

static void *newest_interpreter(void) {
    return newest;
}

static void *get_main(void) {
    return main_interpreter;
}

static int take_gil(void) {
    mine = main_interpreter;
    return 0;
}

static void release_gil(int state) {
    (void)state;
    mine = NULL;
}

static void start_with_interpreters(void) {
    mshim_python_interpreters = (struct mshim_python_interpreters){
        .current_thread = current_thread,
        .interpreter_of_thread = interpreter_of_thread,
        .newest_interpreter = newest_interpreter,
        .main_interpreter = get_main,
        .take_gil = take_gil,
        .release_gil = release_gil,
    };
    mine = main_interpreter;
    start_objects();
}

/* As CPython 3.13 does it: without the GIL, the interpreter first, then its thread state. */
static void *make_interpreter(void) {
    void *before = mine;
    mine = NULL;
    void *made = calloc(1, MSHIM_PYTHON_WATCHED_BYTES);
    mshim_python_multi_gil_raw_calloc(made, MSHIM_PYTHON_WATCHED_BYTES);
    newest = made;
    void *thread_state = calloc(1, 100);
    mshim_python_multi_gil_raw_calloc(thread_state, 100);
    free(thread_state);
    mine = before;
    return made;
}

static void end_interpreter(void *interpreter) {
    newest = main_interpreter;
    mshim_python_multi_gil_raw_free(interpreter);
    free(interpreter);
}

static void *work(void *interpreter) {
    mine = interpreter;
    uint64_t state = (uintptr_t)interpreter | 1;
    unsigned char *slots[SLOTS] = {0};
    size_t sizes[SLOTS];
    for (int turn = 0; turn < TURNS; turn++) {
        unsigned i = next_random(&state) % SLOTS;
        if (slots[i] != NULL) {
            cr_assert_eq(slots[i][0], (unsigned char)i);
            cr_assert_eq(slots[i][sizes[i] - 1], (unsigned char)i);
            mshim_python_objects_free(OBJECT, slots[i]);
        }
        sizes[i] = 1 + next_random(&state) % 600;
        slots[i] = mshim_python_objects_malloc(OBJECT, sizes[i]);
        memset(slots[i], (int)i, sizes[i]);
    }
    for (int i = 0; i < SLOTS; i++)
        mshim_python_objects_free(OBJECT, slots[i]);
    return NULL;
}

Test(python_interpreters, each_allocates_by_itself) {
    start_with_interpreters();
    void *before = mshim_python_objects_malloc(OBJECT, 100);
    for (int round = 0; round < 3; round++) {
        pthread_t threads[INTERPRETERS];
        for (int i = 0; i < INTERPRETERS; i++)
            interpreters[i] = make_interpreter();
        cr_assert(mshim_python_multi_gil);
        for (int i = 0; i < INTERPRETERS; i++)
            pthread_create(&threads[i], NULL, work, interpreters[i]);
        work(main_interpreter);
        for (int i = 0; i < INTERPRETERS; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < INTERPRETERS; i++)
            end_interpreter(interpreters[i]);
        void *block = mshim_python_objects_malloc(OBJECT, 8);
        cr_assert_not(mshim_python_multi_gil, "the fast paths are back");
        mshim_python_objects_free(OBJECT, block);
    }
    mshim_python_objects_free(OBJECT, before);
    const struct mshim_counters counters = read_counters();
    cr_expect_eq(counters.python_object.allocations, 3 * (INTERPRETERS + 1) * (uint64_t)TURNS + 4);
    cr_expect_eq(counters.python_object.live_blocks, 0);
    mshim_python_trim();
    struct mshim_python_memory memory;
    mshim_python_memory(&memory);
    cr_expect_eq(memory.retained_bytes, 0);
    cr_expect_eq(memory.slab_bytes, 0);
}

Test(python_interpreters, what_one_leaves_is_not_lost) {
    start_with_interpreters();
    void *other = make_interpreter();
    mine = other;
    void *left[100];
    for (int i = 0; i < 100; i++)
        left[i] = mshim_python_objects_malloc(MEM, 64);
    mine = main_interpreter;
    mshim_python_objects_free(MEM, left[0]); /* while its interpreter lives */
    end_interpreter(other);
    mshim_python_objects_free(MEM, left[1]); /* when it is gone, by the slow paths */
    mshim_python_objects_free(OBJECT, mshim_python_objects_malloc(OBJECT, 8));
    cr_assert_not(mshim_python_multi_gil);
    for (int i = 2; i < 100; i++)
        mshim_python_objects_free(MEM, left[i]); /* by the fast ones */
    mshim_python_trim();
    struct mshim_python_memory memory;
    mshim_python_memory(&memory);
    cr_expect_eq(memory.slab_bytes, 0);
}

Test(python_interpreters, a_large_raw_block_is_not_an_interpreter) {
    start_with_interpreters();
    void *block = calloc(1, MSHIM_PYTHON_WATCHED_BYTES), *other = calloc(1, 10);
    mshim_python_multi_gil_raw_calloc(block, MSHIM_PYTHON_WATCHED_BYTES);
    mshim_python_multi_gil_raw_calloc(other, 10);
    cr_expect_not(mshim_python_multi_gil);
    mshim_python_multi_gil_raw_free(block);
    free(block);
    free(other);
}
