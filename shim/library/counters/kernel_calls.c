/* SPDX-License-Identifier: MIT */
#include "library/counters/kernel_calls.h"

#include "library/counters/records.h"
#include "library/counters/regions.h"

#include <stdarg.h>
#include <sys/mman.h>

static void count(uint64_t *calls, uint64_t *bytes, size_t call_bytes) {
    __atomic_fetch_add(calls, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(bytes, call_bytes, __ATOMIC_RELAXED);
}

void *mshim_kernel_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    void *mapped = mmap(address, length, protection, flags, fd, offset);
    if (mapped != MAP_FAILED)
        mshim_regions_add(mapped, length);
    count(&mshim_stats.kernel.mmap_calls, &mshim_stats.kernel.mmap_bytes, mapped != MAP_FAILED ? length : 0);
    return mapped;
}

/* Removed before the call: afterwards the addresses may already be another thread's. */
int mshim_kernel_munmap(void *address, size_t length) {
    mshim_regions_remove(address, length);
    const int result = munmap(address, length);
    if (result != 0)
        mshim_regions_add(address, length);
    count(&mshim_stats.kernel.munmap_calls, &mshim_stats.kernel.munmap_bytes, result == 0 ? length : 0);
    return result;
}

int mshim_kernel_madvise(void *address, size_t length, int advice) {
    const int result = madvise(address, length, advice);
    count(&mshim_stats.kernel.madvise_calls, &mshim_stats.kernel.madvise_bytes, result == 0 ? length : 0);
    return result;
}

/* Counts as a munmap of the old mapping and an mmap of the new one. */
void *mshim_kernel_mremap(void *address, size_t old_length, size_t length, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mshim_regions_remove(address, old_length);
    void *mapped = flags & MREMAP_FIXED ? mremap(address, old_length, length, flags, va_arg(rest, void *))
                                        : mremap(address, old_length, length, flags);
    va_end(rest);
    const bool done = mapped != MAP_FAILED;
    mshim_regions_add(done ? mapped : address, done ? length : old_length);
    count(&mshim_stats.kernel.mmap_calls, &mshim_stats.kernel.mmap_bytes, done ? length : 0);
    count(&mshim_stats.kernel.munmap_calls, &mshim_stats.kernel.munmap_bytes, done ? old_length : 0);
    return mapped;
}
