/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_TEXT_H
#define MSHIM_SHARED_BASE_TEXT_H

/*
 * Text that is put together in a buffer of fixed size. Always ended by a NUL; what does not fit is left out,
 * and `truncated` says so. Allocates nothing, fit for signal handlers.
 */

#include "shared/base/decimal.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct mshim_text {
    char *buffer;
    size_t capacity_bytes; /* the NUL included */
    size_t length;
    bool truncated;
};

static inline struct mshim_text mshim_text_in(char *buffer, size_t capacity_bytes) {
    buffer[0] = 0;
    return (struct mshim_text){buffer, capacity_bytes, 0, false};
}

static inline void mshim_text_append_bytes(struct mshim_text *text, const char *bytes, size_t count) {
    const size_t left = text->capacity_bytes - 1 - text->length;
    if (count > left) {
        text->truncated = true;
        count = left;
    }
    memcpy(text->buffer + text->length, bytes, count);
    text->length += count;
    text->buffer[text->length] = 0;
}

static inline void mshim_text_append(struct mshim_text *text, const char *more) {
    mshim_text_append_bytes(text, more, strlen(more));
}

static inline void mshim_text_append_number(struct mshim_text *text, uint64_t number) {
    char digits[MSHIM_DECIMAL_BYTES];
    mshim_text_append(text, mshim_decimal(number, digits));
}

/* As `digit_count` hexadecimal digits. */
static inline void mshim_text_append_hex(struct mshim_text *text, uint64_t number, unsigned digit_count) {
    while (digit_count-- > 0)
        mshim_text_append_bytes(text, &"0123456789abcdef"[number >> 4 * digit_count & 15], 1);
}

#endif
