/* SPDX-License-Identifier: MIT */
#include "library/process/interposed.h"

#include "library/process/state.h"

#include <dlfcn.h>

static bool reached;

static void *probe_malloc(size_t size) {
    (void)size;
    reached = true;
    return NULL;
}

/* By a call: the address says nothing, as a program that takes the address of malloc has one of its own for
 * it (its PLT entry). */
bool mshim_malloc_is_interposed(void) {
    void *(*found_malloc)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "malloc");
    void (*found_free)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, "free");
    if (!found_malloc || !found_free)
        return false;
    void *(*active)(size_t) = mshim_active.malloc;
    mshim_active.malloc = probe_malloc;
    void *block = found_malloc(1);
    mshim_active.malloc = active;
    if (block)
        found_free(block);
    return reached;
}
