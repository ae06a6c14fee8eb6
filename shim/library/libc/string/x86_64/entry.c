/* SPDX-License-Identifier: MIT */
/* Exported memcpy and memmove: short copies are the same on every x86-64 CPU and do without a second jump. */
#include "library/libc/string/entry.h"
#include "library/libc/string/x86_64/baseline.h"

MSHIM_EXPORT void *MSHIM_MEMORY_ENTRY(memcpy)(void *to, const void *from, size_t n) {
    if (n > mshim_memory_inline_bytes)
        return mshim_memory_to_memcpy(to, from, n);
    copy_small(to, from, n);
    return to;
}

MSHIM_EXPORT void *MSHIM_MEMORY_ENTRY(memmove)(void *to, const void *from, size_t n) {
    if (n > mshim_memory_inline_bytes)
        return mshim_memory_to_memmove(to, from, n);
    copy_small(to, from, n);
    return to;
}
