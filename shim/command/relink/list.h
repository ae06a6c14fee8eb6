/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_LIST_H
#define MSHIM_COMMAND_RELINK_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Returns the list, moved where it had to be, with capacity for one more item; NULL, and the list as it was,
 * where there is not enough memory. */
static inline void *mshim_list_grow(void *list, size_t count, size_t *capacity, size_t item_bytes) {
    enum { FIRST_CAPACITY = 1024 };
    if (count < *capacity)
        return list;
    const size_t more = *capacity ? *capacity * 2 : FIRST_CAPACITY;
    void *const grown = realloc(list, more * item_bytes);
    if (grown)
        *capacity = more;
    return grown;
}

#endif
