/* SPDX-License-Identifier: MIT */
/* Threads are counted, and given a larger stack, where they are created, by a wrapper around their first
 * function. */
#include "library/counters/records.h"
#include "library/interpose/thread_stack.h"
#include "library/process/state.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <threads.h>

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
typedef int thrd_create_function(thrd_t *, thrd_start_t, void *);

/* The call that the program wants the thread to make. C11 threads start with a function of another type;
 * musl's thrd_create does not pass through pthread_create. */
struct thread_call {
    void *(*function)(void *);
    thrd_start_t c11_function; /* instead, where it is not NULL */
    void *argument;
};

struct start_arguments {
    struct thread_call call;
    size_t raised_stack_bytes; /* 0: as asked */
    _Atomic(bool) taken;
    bool allocated; /* not one of the table */
};

/* Not from the allocator, as a rule: a free in the new thread would make some of them set up a heap for it.
 */
static struct start_arguments table[512];

static struct start_arguments *take_start_arguments(void) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bool taken = false;
        if (atomic_compare_exchange_strong(&table[i].taken, &taken, true))
            return &table[i];
    }
    struct start_arguments *arguments = mshim_process.allocator->plain->calloc(sizeof *arguments);
    if (arguments)
        arguments->allocated = true;
    return arguments;
}

static void give_back(struct start_arguments *arguments) {
    if (arguments->allocated)
        mshim_process.allocator->plain->free(arguments);
    else
        atomic_store(&arguments->taken, false);
}

static void *begin(void *given) {
    struct start_arguments *arguments = given;
    const struct thread_call call = arguments->call;
    const size_t raised_stack_bytes = arguments->raised_stack_bytes;
    give_back(arguments);
    if (raised_stack_bytes)
        mshim_thread_stack_settle(raised_stack_bytes);
    if (mshim_process.counting)
        mshim_count_thread_started();
    if (call.c11_function)
        return (void *)(intptr_t)call.c11_function(call.argument);
    return call.function(call.argument);
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

static int create_with(struct thread_call call, pthread_t *thread, const pthread_attr_t *attributes) {
    create_function *create = next_create();
    struct start_arguments *arguments = create ? take_start_arguments() : NULL;
    if (!arguments)
        return EAGAIN;
    arguments->call = call;
    arguments->raised_stack_bytes = 0;
    const size_t floor_bytes = mshim_process.thread_stack_bytes;
    pthread_attr_t raised;
    if (mshim_thread_stack_raise(&raised, attributes, floor_bytes)) {
        arguments->raised_stack_bytes = floor_bytes;
        if (create(thread, &raised, begin, arguments) == 0)
            return 0;
        arguments->raised_stack_bytes = 0;
    }
    const int error = create(thread, attributes, begin, arguments);
    if (error)
        give_back(arguments);
    return error;
}

MSHIM_EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                void *(*function)(void *), void *argument) {
    if (threads_are_left_alone()) {
        create_function *create = next_create();
        return create ? create(thread, attributes, function, argument) : EAGAIN;
    }
    return create_with((struct thread_call){.function = function, .argument = argument}, thread, attributes);
}

MSHIM_EXPORT int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
    if (threads_are_left_alone()) {
        thrd_create_function *create = next_thrd_create();
        return create ? create(thread, function, argument) : thrd_error;
    }
    pthread_t created;
    const int error =
        create_with((struct thread_call){.c11_function = function, .argument = argument}, &created, NULL);
    if (error)
        return error == EAGAIN || error == ENOMEM ? thrd_nomem : thrd_error;
    *thread = (thrd_t)created;
    return thrd_success;
}
