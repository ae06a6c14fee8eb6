/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_SORTED_H
#define MSHIM_COMMAND_RELINK_SORTED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The index of the first of `count` records that is not below `number`; `count` where all are. Records are
 * sorted by the number that each begins with. */
static inline size_t mshim_sorted_from(const void *records, size_t count, size_t record_bytes,
                                       uint64_t number) {
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        uint64_t found;
        memcpy(&found, (const unsigned char *)records + middle * record_bytes, sizeof found);
        if (found < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
