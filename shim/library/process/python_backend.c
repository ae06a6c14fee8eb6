/* SPDX-License-Identifier: MIT */
#include "library/process/python_backend.h"

#include "library/process/housekeeping.h"
#include "library/process/state.h"
#include "library/python/python.h"

static void *large_calloc(size_t count, size_t size) {
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    return mshim_process.allocator->plain->calloc(product);
}

void mshim_python_backend_start(void) {
    const struct mshim_entry_points *plain = mshim_process.allocator->plain;
    const struct mshim_python_backend large = {
        .malloc = plain->malloc,
        .calloc = large_calloc,
        .realloc = plain->realloc,
        .free = plain->free,
        .usable_size = plain->usable_size,
        .count = mshim_process.counting,
        .stays_in_place = mshim_process.allocator->stays_in_place,
        .trimmed = mshim_housekeeping_python_trimmed,
    };
    mshim_python_start((enum mshim_python_mode)mshim_process.options.python, &large);
    mshim_process.options.python = mshim_python_in_force();
}
