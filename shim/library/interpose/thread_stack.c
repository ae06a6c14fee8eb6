/* SPDX-License-Identifier: MIT */
#include "library/interpose/thread_stack.h"

#include "library/process/state.h"
#include "shared/base/read_file.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* Does a file of the kernel contain a text? One that cannot be read is taken to. It is read once: `known` is
 * 0 before, then 1 (yes) or -1 (no). */
static bool file_holds(_Atomic(signed char) *known, const char *path, const char *text) {
    if (atomic_load_explicit(known, memory_order_relaxed) == 0) {
        char found[64];
        const bool unknown = !mshim_read_file(path, found, sizeof found);
        atomic_store_explicit(known, unknown || strstr(found, text) ? 1 : -1, memory_order_relaxed);
    }
    return atomic_load_explicit(known, memory_order_relaxed) > 0;
}

/* Then reserved memory counts as used. */
static bool overcommit_is_strict(void) {
    static _Atomic(signed char) known;
    return file_holds(&known, "/proc/sys/vm/overcommit_memory", "2");
}

/* Then the first page touched of a stack would be a huge one. */
static bool huge_pages_come_unasked(void) {
    static _Atomic(signed char) known;
    return file_holds(&known, "/sys/kernel/mm/transparent_hugepage/enabled", "[always]");
}

static bool scarce_before_sandbox;

static bool address_space_is_scarce(void) {
    struct rlimit limit;
    if (mshim_process.sandboxed)
        return scarce_before_sandbox;
    return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY || overcommit_is_strict();
}

void mshim_thread_stack_prepare(void) {
    scarce_before_sandbox = address_space_is_scarce();
    (void)huge_pages_come_unasked();
}

/* glibc answers for a stack that nobody supplied with an address that ends at 0, musl with an error. */
static bool stack_is_supplied(const pthread_attr_t *attributes) {
    void *lowest = NULL;
    size_t bytes = 0;
    return pthread_attr_getstack(attributes, &lowest, &bytes) == 0 && (uintptr_t)lowest + bytes != 0;
}

bool mshim_thread_stack_raise(pthread_attr_t *raised, const pthread_attr_t *asked, size_t floor_bytes) {
    size_t bytes = 0;
    if (floor_bytes == 0)
        return false;
    if (asked)
        *raised = *asked; /* used while the original is there, never destroyed */
    else if (pthread_attr_init(raised) != 0)
        return false;
    if (stack_is_supplied(raised) || pthread_attr_getstacksize(raised, &bytes) != 0 || bytes >= floor_bytes)
        return false;
    const int saved = errno;
    const bool can = !address_space_is_scarce() && pthread_attr_setstacksize(raised, floor_bytes) == 0;
    errno = saved;
    return can;
}

void mshim_thread_stack_settle(size_t floor_bytes) {
    enum { PAGE_BYTES = 64 * 1024 /* the largest there is */, SPARED_BYTES = 4 * PAGE_BYTES };
    const uintptr_t top = (uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)(PAGE_BYTES - 1);
    const int saved = errno;
    if (floor_bytes > SPARED_BYTES && huge_pages_come_unasked())
        madvise((void *)(top - (floor_bytes - SPARED_BYTES)), floor_bytes - SPARED_BYTES, MADV_NOHUGEPAGE);
    errno = saved;
}
