/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_SORTED_H
#define MSHIM_COMMAND_RELINK_SORTED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The index of the first of `count` records whose key is not below `key`; `count` if there is none. Each
 * record begins with its key, a uint64_t, and they are sorted by it. */
static inline size_t mshim_sorted_from(const void *records, size_t count, size_t record_bytes, uint64_t key) {
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        uint64_t found;
        memcpy(&found, (const unsigned char *)records + middle * record_bytes, sizeof found);
        if (found < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
