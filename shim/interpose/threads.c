/* SPDX-License-Identifier: MIT */
/* Threads are counted where they are created, by a wrapper around their first function. */
#include "counters/records.h"
#include "interpose/dispatch.h"
#include "process/start.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct begin {
    void *(*function)(void *);
    void *argument;
};

static void *begin(void *allocated) {
    struct begin begin = *(struct begin *)allocated;
    mshim_process.allocator->plain->free(allocated);
    mshim_count_thread_started();
    return begin.function(begin.argument);
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
    if (!mshim_process.counting)
        return create(thread, attributes, function, argument);
    struct begin *wrapped = mshim_process.allocator->plain->malloc(sizeof *wrapped);
    if (!wrapped)
        return EAGAIN;
    *wrapped = (struct begin){function, argument};
    const int error = create(thread, attributes, begin, wrapped);
    if (error)
        mshim_process.allocator->plain->free(wrapped);
    return error;
}
