/* SPDX-License-Identifier: MIT */
/* Threads are counted, and given a larger stack, where they are created, by a wrapper around their first
 * function. */
#include "library/counters/records.h"
#include "library/allocators/dispatch.h"
#include "library/interpose/thread_stack.h"
#include "library/process/start.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <threads.h>

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef int thrd_create_function(thrd_t *, thrd_start_t, void *);

/* What the program wants to be run. C11's threads are the libc's own, which does not come by pthread_create,
 * and begin with a function of another type. */
struct first {
    void *(*function)(void *);
    thrd_start_t c11_function; /* instead, where it is not NULL */
    void *argument;
};

struct beginning {
    struct first first;
    size_t raised_stack_bytes; /* 0: as asked */
    _Atomic(bool) taken;
    bool allocated; /* not one of the table */
};

/* Not from the allocator, as a rule: a free in the new thread would make some of them set up a heap for it.
 */
static struct beginning table[512];

static struct beginning *take_beginning(void) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bool taken = false;
        if (atomic_compare_exchange_strong(&table[i].taken, &taken, true))
            return &table[i];
    }
    struct beginning *beginning = mshim_process.allocator->plain->calloc(sizeof *beginning);
    if (beginning)
        beginning->allocated = true;
    return beginning;
}

static void give_back(struct beginning *beginning) {
    if (beginning->allocated)
        mshim_process.allocator->plain->free(beginning);
    else
        atomic_store(&beginning->taken, false);
}

static void *begin(void *given) {
    struct beginning *beginning = given;
    const struct first first = beginning->first;
    const size_t raised_stack_bytes = beginning->raised_stack_bytes;
    give_back(beginning);
    if (raised_stack_bytes)
        mshim_thread_stack_settle(raised_stack_bytes);
    if (mshim_process.counting)
        mshim_count_thread_started();
    if (first.c11_function)
        return (void *)(intptr_t)first.c11_function(first.argument);
    return first.function(first.argument);
}

/* The libc's own, looked up once; NULL where it has none. */
static void *next(void *_Atomic *found, const char *name) {
    void *function = atomic_load_explicit(found, memory_order_relaxed);
    if (!function) {
        function = dlsym(RTLD_NEXT, name);
        atomic_store_explicit(found, function, memory_order_relaxed);
    }
    return function;
}

static create_function *next_create(void) {
    static void *_Atomic found;
    return (create_function *)next(&found, "pthread_create");
}

static thrd_create_function *next_thrd_create(void) {
    static void *_Atomic found;
    return (thrd_create_function *)next(&found, "thrd_create");
}

/* Nothing to do for a thread: before the start, too. */
static bool threads_are_left_alone(void) {
    return !mshim_process.counting && mshim_process.thread_stack_bytes == 0;
}

static int create_with(struct first first, pthread_t *thread, const pthread_attr_t *attributes) {
    create_function *create = next_create();
    struct beginning *beginning = create ? take_beginning() : NULL;
    if (!beginning)
        return EAGAIN;
    beginning->first = first;
    beginning->raised_stack_bytes = 0;
    const size_t floor_bytes = mshim_process.thread_stack_bytes;
    pthread_attr_t raised;
    if (mshim_thread_stack_raise(&raised, attributes, floor_bytes)) {
        beginning->raised_stack_bytes = floor_bytes;
        if (create(thread, &raised, begin, beginning) == 0)
            return 0;
        beginning->raised_stack_bytes = 0;
    }
    const int error = create(thread, attributes, begin, beginning);
    if (error)
        give_back(beginning);
    return error;
}

MSHIM_EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                void *(*function)(void *), void *argument) {
    if (threads_are_left_alone()) {
        create_function *create = next_create();
        return create ? create(thread, attributes, function, argument) : EAGAIN;
    }
    return create_with((struct first){.function = function, .argument = argument}, thread, attributes);
}

MSHIM_EXPORT int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
    if (threads_are_left_alone()) {
        thrd_create_function *create = next_thrd_create();
        return create ? create(thread, function, argument) : thrd_error;
    }
    pthread_t created;
    const int error =
        create_with((struct first){.c11_function = function, .argument = argument}, &created, NULL);
    if (error)
        return error == EAGAIN || error == ENOMEM ? thrd_nomem : thrd_error;
    *thread = (thrd_t)created;
    return thrd_success;
}
