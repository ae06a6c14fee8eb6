/* SPDX-License-Identifier: MIT */
#include "library/libc/string/dispatch.h"

#include <dlfcn.h>
#include <stdint.h>

#if defined(__x86_64__)
#include "library/libc/string/x86_64/cpu.h"
extern MSHIM_HIDDEN const struct mshim_memfuncs_variant mshim_memfuncs_sse2, mshim_memfuncs_avx2,
    mshim_memfuncs_avx512;
#define BEST (&mshim_memfuncs_avx512)
const struct mshim_memfuncs_variant *const mshim_memfuncs_variants[] = {
    &mshim_memfuncs_sse2,
    &mshim_memfuncs_avx2,
    BEST,
    NULL,
};

bool mshim_memfuncs_at_best;
size_t mshim_memfuncs_inline_bytes = MSHIM_MEMFUNCS_SMALL_BYTES;
size_t mshim_memfuncs_nontemporal_bytes = SIZE_MAX;
static const struct mshim_memfuncs_variant *selected;
static const char *in_force;

/* The stubs, to which the pointers lead at first: select a variant, then do the call. */
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    static result select_##name parameters {                                                                 \
        mshim_memfuncs_use(NULL);                                                                            \
        return mshim_memfuncs_to_##name arguments;                                                           \
    }                                                                                                        \
    result(*mshim_memfuncs_to_##name) parameters = select_##name;
#include <mshim/memory_functions.def>

static void point_to(const struct mshim_memfuncs_variant *variant) {
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) mshim_memfuncs_to_##name = variant->name;
#include <mshim/memory_functions.def>
}

void mshim_memfuncs_put_in_front(const struct mshim_memfuncs_variant *variant) {
    point_to(variant ? variant : selected);
    mshim_memfuncs_at_best = !variant && selected == BEST;
    mshim_memfuncs_inline_bytes = variant ? 0 : MSHIM_MEMFUNCS_SMALL_BYTES;
}

static void put_in_force(const struct mshim_memfuncs_variant *variant) {
    selected = variant;
    in_force = variant->name;
    mshim_memfuncs_nontemporal_bytes = mshim_cpu_nontemporal_bytes();
    mshim_memfuncs_put_in_front(NULL);
}

static bool same(const char *a, const char *b) {
    for (; *a && *a == *b; a++, b++)
        ;
    return *a == *b;
}

bool mshim_memfuncs_use(const char *name) {
    const struct mshim_memfuncs_variant *found = NULL;
    for (const struct mshim_memfuncs_variant *const *variant = mshim_memfuncs_variants; *variant; variant++)
        if ((!name || same((*variant)->name, name)) && (*variant)->supported())
            found = *variant;
    if (found)
        put_in_force(found);
    return found != NULL;
}

void mshim_memfuncs_select(bool enabled) {
    mshim_memfuncs_use(NULL);
    if (enabled)
        return;
    /* A function that libc lacked would stay ours. */
    mshim_memfuncs_at_best = false;
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    {                                                                                                        \
        void *own = dlsym(RTLD_NEXT, #name);                                                                 \
        if (own)                                                                                             \
            *(void **)&mshim_memfuncs_to_##name = own;                                                       \
    }
#include <mshim/memory_functions.def>
    mshim_memfuncs_inline_bytes = 0;
    selected = NULL;
    in_force = "libc";
}

const struct mshim_memfuncs_variant *mshim_memfuncs_chosen(void) {
    return selected;
}

const char *mshim_memfuncs_in_force(void) {
    return in_force;
}

#else

/* No variant for this architecture: nothing is exported, and calls go to libc. */
const struct mshim_memfuncs_variant *const mshim_memfuncs_variants[] = {NULL};

void mshim_memfuncs_select(bool enabled) {
    (void)enabled;
}

bool mshim_memfuncs_use(const char *variant) {
    (void)variant;
    return false;
}

const struct mshim_memfuncs_variant *mshim_memfuncs_chosen(void) {
    return NULL;
}

void mshim_memfuncs_put_in_front(const struct mshim_memfuncs_variant *variant) {
    (void)variant;
}

const char *mshim_memfuncs_in_force(void) {
    return NULL;
}

#endif
