/* SPDX-License-Identifier: MIT */
/* To be preloaded: tells at the end how often malloc was called. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned long calls;

void *malloc(size_t size) {
    static void *(*next)(size_t);
    if (!next)
        next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    return next(size);
}

__attribute__((destructor)) static void tell(void) {
    fprintf(stderr, "%lu calls of malloc\n", calls);
}
