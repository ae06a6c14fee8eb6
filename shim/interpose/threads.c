/* SPDX-License-Identifier: MIT */
/* Threads are counted, and given a larger stack, where they are created, by a wrapper around their first
 * function. */
#include "counters/records.h"
#include "interpose/dispatch.h"
#include "interpose/thread_stack.h"
#include "process/start.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <threads.h>

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct beginning {
    void *(*function)(void *);
    void *argument;
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
    void *(*const function)(void *) = beginning->function;
    void *const argument = beginning->argument;
    const size_t raised_stack_bytes = beginning->raised_stack_bytes;
    give_back(beginning);
    if (raised_stack_bytes)
        mshim_thread_stack_settle(raised_stack_bytes);
    if (mshim_process.counting)
        mshim_count_thread_started();
    return function(argument);
}

static create_function *libc_create(void) {
    static create_function *_Atomic found;
    create_function *create = atomic_load_explicit(&found, memory_order_relaxed);
    if (!create) {
        create = (create_function *)dlsym(RTLD_NEXT, "pthread_create");
        atomic_store_explicit(&found, create, memory_order_relaxed);
    }
    return create;
}

MSHIM_EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                void *(*function)(void *), void *argument) {
    create_function *create = libc_create();
    if (!create)
        return EAGAIN;
    const size_t floor_bytes = mshim_process.thread_stack_bytes;
    if (!mshim_process.counting && floor_bytes == 0)
        return create(thread, attributes, function, argument);
    struct beginning *beginning = take_beginning();
    if (!beginning)
        return EAGAIN;
    beginning->function = function;
    beginning->argument = argument;
    beginning->raised_stack_bytes = 0;
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

/* C11's threads are the libc's own, which does not come by pthread_create. They begin with a function of
 * another type. */
struct c11_beginning {
    thrd_start_t function;
    void *argument;
};

static void *begin_c11(void *allocated) {
    const struct c11_beginning beginning = *(struct c11_beginning *)allocated;
    mshim_process.allocator->plain->free(allocated);
    return (void *)(intptr_t)beginning.function(beginning.argument);
}

MSHIM_EXPORT int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
    struct c11_beginning *beginning = mshim_process.allocator->plain->malloc(sizeof *beginning);
    if (!beginning)
        return thrd_nomem;
    *beginning = (struct c11_beginning){function, argument};
    pthread_t created;
    const int error = pthread_create(&created, NULL, begin_c11, beginning);
    if (error) {
        mshim_process.allocator->plain->free(beginning);
        return error == EAGAIN || error == ENOMEM ? thrd_nomem : thrd_error;
    }
    *thread = (thrd_t)created;
    return thrd_success;
}
