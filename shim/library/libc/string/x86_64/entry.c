/* SPDX-License-Identifier: MIT */
/* The exported memcpy and memmove. Short copies are the same on every x86-64 CPU, so they need no second
 * jump. */
#include "library/libc/string/entry.h"
#include "library/libc/string/x86_64/baseline.h"

MSHIM_EXPORT void *MSHIM_MEMFUNCS_ENTRY(memcpy)(void *to, const void *from, size_t n) {
    if (n > mshim_memfuncs_inline_bytes)
        return mshim_memfuncs_to_memcpy(to, from, n);
    copy_small(to, from, n);
    return to;
}

MSHIM_EXPORT void *MSHIM_MEMFUNCS_ENTRY(memmove)(void *to, const void *from, size_t n) {
    if (n > mshim_memfuncs_inline_bytes)
        return mshim_memfuncs_to_memmove(to, from, n);
    copy_small(to, from, n);
    return to;
}
