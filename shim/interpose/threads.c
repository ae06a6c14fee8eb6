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

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct beginning {
    void *(*function)(void *);
    void *argument;
    size_t raised_stack_bytes; /* 0: as asked */
};

static void *begin(void *allocated) {
    const struct beginning beginning = *(struct beginning *)allocated;
    mshim_process.allocator->plain->free(allocated);
    if (beginning.raised_stack_bytes)
        mshim_thread_stack_settle(beginning.raised_stack_bytes);
    if (mshim_process.counting)
        mshim_count_thread_started();
    return beginning.function(beginning.argument);
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
    struct beginning *beginning = mshim_process.allocator->plain->malloc(sizeof *beginning);
    if (!beginning)
        return EAGAIN;
    *beginning = (struct beginning){function, argument, 0};
    pthread_attr_t raised;
    if (mshim_thread_stack_raise(&raised, attributes, floor_bytes)) {
        beginning->raised_stack_bytes = floor_bytes;
        if (create(thread, &raised, begin, beginning) == 0)
            return 0;
        beginning->raised_stack_bytes = 0;
    }
    const int error = create(thread, attributes, begin, beginning);
    if (error)
        mshim_process.allocator->plain->free(beginning);
    return error;
}
