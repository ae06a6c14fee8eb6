/* SPDX-License-Identifier: MIT */
/* Which functions are in force: the pointers that the exported functions go through, and who sets them. */
#include "library/libc/string/dispatch.h"

#include <dlfcn.h>
#include <stdint.h>

#if defined(__x86_64__)
#include "library/libc/string/x86_64/cpu.h"
extern MSHIM_MEMORY_INTERNAL const struct mshim_memory_variant mshim_memory_sse2, mshim_memory_avx2,
    mshim_memory_avx512;
#define BEST (&mshim_memory_avx512)
const struct mshim_memory_variant *const mshim_memory_variants[] = {
    &mshim_memory_sse2,
    &mshim_memory_avx2,
    BEST,
    NULL,
};

bool mshim_memory_at_best;
size_t mshim_memory_inline_bytes = MSHIM_MEMORY_SMALL_BYTES;
size_t mshim_memory_nontemporal_bytes = SIZE_MAX;
static const struct mshim_memory_variant *chosen;
static const char *in_force;

/* The stubs that choose, then do what was asked for; the pointers begin with them. */
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    static result choose_##name parameters {                                                                 \
        mshim_memory_use(NULL);                                                                              \
        return mshim_memory_to_##name arguments;                                                             \
    }                                                                                                        \
    result(*mshim_memory_to_##name) parameters = choose_##name;
#include <mshim/memory_functions.def>

static void point_to(const struct mshim_memory_variant *variant) {
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) mshim_memory_to_##name = variant->name;
#include <mshim/memory_functions.def>
}

void mshim_memory_put_in_front(const struct mshim_memory_variant *variant) {
    point_to(variant ? variant : chosen);
    mshim_memory_at_best = !variant && chosen == BEST;
    mshim_memory_inline_bytes = variant ? 0 : MSHIM_MEMORY_SMALL_BYTES;
}

static void put_in_force(const struct mshim_memory_variant *variant) {
    chosen = variant;
    in_force = variant->name;
    mshim_memory_nontemporal_bytes = mshim_cpu_nontemporal_bytes();
    mshim_memory_put_in_front(NULL);
}

static bool same(const char *a, const char *b) {
    for (; *a && *a == *b; a++, b++)
        ;
    return *a == *b;
}

bool mshim_memory_use(const char *name) {
    const struct mshim_memory_variant *found = NULL;
    for (const struct mshim_memory_variant *const *variant = mshim_memory_variants; *variant; variant++)
        if ((!name || same((*variant)->name, name)) && (*variant)->supported())
            found = *variant;
    if (found)
        put_in_force(found);
    return found != NULL;
}

void mshim_memory_select(bool enabled) {
    mshim_memory_use(NULL);
    if (enabled)
        return;
    /* Whatever libc lacks (it lacks none of them) stays ours. */
    mshim_memory_at_best = false;
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    {                                                                                                        \
        void *own = dlsym(RTLD_NEXT, #name);                                                                 \
        if (own)                                                                                             \
            *(void **)&mshim_memory_to_##name = own;                                                         \
    }
#include <mshim/memory_functions.def>
    mshim_memory_inline_bytes = 0;
    chosen = NULL;
    in_force = "libc";
}

const struct mshim_memory_variant *mshim_memory_chosen(void) {
    return chosen;
}

const char *mshim_memory_in_force(void) {
    return in_force;
}

#else

/* No variants for this architecture yet: nothing is exported, and calls go to libc as ever. */
const struct mshim_memory_variant *const mshim_memory_variants[] = {NULL};

void mshim_memory_select(bool enabled) {
    (void)enabled;
}

bool mshim_memory_use(const char *variant) {
    (void)variant;
    return false;
}

const struct mshim_memory_variant *mshim_memory_chosen(void) {
    return NULL;
}

void mshim_memory_put_in_front(const struct mshim_memory_variant *variant) {
    (void)variant;
}

const char *mshim_memory_in_force(void) {
    return NULL;
}

#endif
