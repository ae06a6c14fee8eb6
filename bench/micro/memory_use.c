/* SPDX-License-Identifier: MIT */
/* Linked with the shim's memory functions into the library that the bench measures: lets its driver choose
 * among the variants. */
#include "library/libc/string/memfuncs.h"

MSHIM_EXPORT bool memory_use(const char *variant);

/* A variant's name, `off` for libc's own functions, or NULL for what the CPU chooses. */
MSHIM_EXPORT bool memory_use(const char *variant) {
    if (variant && variant[0] == 'o') {
        mshim_memfuncs_select(false);
        return true;
    }
    return mshim_memfuncs_use(variant);
}
