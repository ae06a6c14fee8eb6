/* SPDX-License-Identifier: MIT */
#include "library/process/serve_python.h"

#include "library/process/start.h"
#include "library/process/visit.h"
#include "library/python/python.h"
#include "shared/base/text.h"

static void *large_calloc(size_t count, size_t size) {
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    return mshim_process.allocator->plain->calloc(product);
}

void mshim_serve_python(void) {
    const struct mshim_entry_points *plain = mshim_process.allocator->plain;
    const struct mshim_python_backend large = {
        .malloc = plain->malloc,
        .calloc = large_calloc,
        .realloc = plain->realloc,
        .free = plain->free,
        .usable_size = plain->usable_size,
        .count = mshim_process.counting,
        .stays_in_place = mshim_process.allocator->stays_in_place,
        .trimmed = mshim_visit_python_trimmed,
    };
    mshim_python_start((enum mshim_python_mode)mshim_process.options.python, &large);
    mshim_process.options.python = mshim_python_in_force();
}

const char *mshim_python_status_text(void) {
    static char buffer[64];
    struct mshim_text text = mshim_text_in(buffer, sizeof buffer);
    mshim_text_append(&text, "python=");
    mshim_text_append(&text, mshim_python_mode_word(mshim_python_in_force()));
    if (mshim_python_in_force() == MSHIM_PYTHON_OFF) {
        mshim_text_append(&text, " python_why=");
        mshim_text_append(&text, mshim_python_reason_word(mshim_python_reason()));
    }
    return buffer;
}
