/* SPDX-License-Identifier: MIT */
/* The calls that are counted out of line. */
#include "library/counters/records.h"

void mshim_count_malloc_slow(size_t size_bytes, size_t usable_bytes) {
    struct mshim_stats_record *record = mshim_record_enter((int64_t)usable_bytes);
    mshim_add_malloc(record, size_bytes, usable_bytes);
    mshim_record_leave(record);
}

void mshim_count_free_slow(size_t usable_bytes) {
    struct mshim_stats_record *record = mshim_record_enter(-(int64_t)usable_bytes);
    mshim_add_free(record, usable_bytes);
    mshim_record_leave(record);
}

/* The calls of malloc are derived from the size classes. */
static void add_sized_call(struct mshim_stats_record *record, enum mshim_function function,
                           size_t size_bytes) {
    MSHIM_ADD(record->sizes[mshim_size_class(size_bytes)], 1);
    if (function != MSHIM_FUNCTION_malloc)
        MSHIM_ADD(record->calls[function], 1);
}

void mshim_count_allocation(enum mshim_function function, size_t size_bytes, size_t usable_bytes) {
    struct mshim_stats_record *record = mshim_record_enter((int64_t)usable_bytes);
    add_sized_call(record, function, size_bytes);
    MSHIM_ADD(record->requested_bytes[function], size_bytes);
    MSHIM_ADD(record->allocated_bytes, usable_bytes);
    mshim_record_leave(record);
}

void mshim_count_release(enum mshim_function function, size_t usable_bytes, bool null) {
    struct mshim_stats_record *record = mshim_record_enter(-(int64_t)usable_bytes);
    MSHIM_ADD(record->calls[function], 1);
    MSHIM_ADD(record->frees_of_null, null);
    MSHIM_ADD(record->freed_bytes, usable_bytes);
    mshim_record_leave(record);
}

void mshim_count_failure(enum mshim_function function, size_t size_bytes) {
    struct mshim_stats_record *record = mshim_record_enter(0);
    add_sized_call(record, function, size_bytes);
    MSHIM_ADD(record->failures[function], 1);
    mshim_record_leave(record);
}

void mshim_count_call(enum mshim_function function) {
    struct mshim_stats_record *record = mshim_record_enter(0);
    MSHIM_ADD(record->calls[function], 1);
    mshim_record_leave(record);
}

void mshim_count_realloc(const struct mshim_realloc *call) {
    const size_t old_bytes = call->old_usable_bytes, new_bytes = call->new_usable_bytes;
    struct mshim_stats_record *record = mshim_record_enter((int64_t)new_bytes - (int64_t)old_bytes);
    add_sized_call(record, call->function, call->size_bytes);
    MSHIM_ADD(record->requested_bytes[call->function], call->size_bytes);
    if (call->old_block == call->new_block) {
        MSHIM_ADD(record->realloc_in_place, 1);
        MSHIM_ADD(record->allocated_bytes, new_bytes > old_bytes ? new_bytes - old_bytes : 0);
        MSHIM_ADD(record->freed_bytes, old_bytes > new_bytes ? old_bytes - new_bytes : 0);
    } else {
        MSHIM_ADD(record->allocated_bytes, new_bytes);
        MSHIM_ADD(record->freed_bytes, old_bytes);
        if (!call->old_block) {
            MSHIM_ADD(record->realloc_allocated_blocks, 1);
        } else if (!call->new_block) {
            MSHIM_ADD(record->realloc_freed_blocks, 1);
        } else {
            MSHIM_ADD(record->realloc_moved, 1);
            MSHIM_ADD(record->realloc_copied_bytes, call->by_pages                 ? 0
                                                    : old_bytes < call->size_bytes ? old_bytes
                                                                                   : call->size_bytes);
        }
    }
    mshim_record_leave(record);
}
