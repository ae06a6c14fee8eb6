/* SPDX-License-Identifier: MIT */
/* Interpreters with a GIL of their own, played by threads: each has its heap, and all of it comes back. */
#include "objects.h"

#include "library/python/multi_gil.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

enum { INTERPRETERS = 4, INTERPRETERS_MAX = 400, TURNS = 200000, SLOTS = 1000 };

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

/* CPython's list of interpreters, the newest first; the main one is the last. */
static void *list[INTERPRETERS_MAX] = {main_interpreter};
static int list_length = 1;

static void list_changed(void) {
    newest = list[list_length - 1];
}

/* As CPython 3.13 does it: without the GIL, the interpreter first, then its thread state. */
static void *make_interpreter(void) {
    void *before = mine;
    mine = NULL;
    void *made = calloc(1, MSHIM_PYTHON_WATCHED_BYTES);
    mshim_python_multi_gil_raw_calloc(made, MSHIM_PYTHON_WATCHED_BYTES);
    list[list_length++] = made;
    list_changed();
    void *thread_state = calloc(1, 100);
    mshim_python_multi_gil_raw_calloc(thread_state, 100);
    free(thread_state);
    mine = before;
    return made;
}

static void end_interpreter(void *interpreter) {
    int i = 0;
    while (list[i] != interpreter)
        i++;
    memmove(&list[i], &list[i + 1], (size_t)(--list_length - i) * sizeof list[0]);
    list_changed();
    mshim_python_multi_gil_raw_free(interpreter);
    free(interpreter);
}

/* As CPython's raw domain calls it. */
static void *raw_calloc(size_t bytes) {
    void *block = calloc(1, bytes);
    mshim_python_multi_gil_raw_calloc(block, bytes);
    return block;
}

static void raw_free(void *block) {
    if ((uintptr_t)block - mshim_python_watched_from <= mshim_python_watched_span)
        mshim_python_multi_gil_raw_free(block);
    free(block);
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
    struct memory memory = read_memory();
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
    struct memory memory = read_memory();
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

/* As arrays of numpy, with interpreters made and ended among them. */
Test(python_interpreters, large_raw_blocks_beside_interpreters_are_not_watched) {
    enum { BLOCKS = 1000, ROUNDS = 8 };
    start_with_interpreters();
    static void *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS / 2; i++)
        blocks[i] = raw_calloc(MSHIM_PYTHON_WATCHED_BYTES);
    void *kept = make_interpreter();
    for (int i = BLOCKS / 2; i < BLOCKS; i++)
        blocks[i] = raw_calloc(MSHIM_PYTHON_WATCHED_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
        interpreters[0] = make_interpreter();
        raw_free(blocks[round]);
        blocks[round] = raw_calloc(MSHIM_PYTHON_WATCHED_BYTES);
        mine = interpreters[0];
        mshim_python_objects_free(OBJECT, mshim_python_objects_malloc(OBJECT, 8));
        mine = main_interpreter;
        end_interpreter(interpreters[0]);
        cr_expect_leq((uintptr_t)kept - mshim_python_watched_from, mshim_python_watched_span);
        cr_expect_lt(mshim_python_watched_span, 64, "only the interpreter that is there");
    }
    end_interpreter(kept);
    mshim_python_objects_free(OBJECT, mshim_python_objects_malloc(OBJECT, 8));
    cr_expect_not(mshim_python_multi_gil, "the hot paths are back, with all blocks still there");
    for (int i = 0; i < BLOCKS; i++)
        raw_free(blocks[i]);
}

Test(python_interpreters, very_many) {
    start_with_interpreters();
    static void *many[INTERPRETERS_MAX - 1];
    for (int i = 0; i < INTERPRETERS_MAX - 1; i++) {
        many[i] = make_interpreter();
        mine = many[i];
        mshim_python_objects_free(OBJECT, mshim_python_objects_malloc(OBJECT, 8));
        mine = main_interpreter;
    }
    cr_expect(mshim_python_multi_gil);
    for (int i = 0; i < INTERPRETERS_MAX - 1; i++)
        end_interpreter(many[i]);
    mshim_python_objects_free(OBJECT, mshim_python_objects_malloc(OBJECT, 8));
    cr_expect_not(mshim_python_multi_gil);
}

/* Another thread's interpreter was made meanwhile: it comes first in the list. */
Test(python_interpreters, one_that_is_not_first_in_the_list_is_found) {
    start_with_interpreters();
    void *first = calloc(1, MSHIM_PYTHON_WATCHED_BYTES), *second = calloc(1, MSHIM_PYTHON_WATCHED_BYTES);
    mshim_python_multi_gil_raw_calloc(first, MSHIM_PYTHON_WATCHED_BYTES);
    list[list_length++] = first;
    list[list_length++] = second;
    list_changed();
    free(raw_calloc(100));
    cr_expect(mshim_python_multi_gil);
    cr_expect_leq((uintptr_t)first - mshim_python_watched_from, mshim_python_watched_span);
}
