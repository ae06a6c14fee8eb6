/* SPDX-License-Identifier: MIT */
/*
 * Template: memchr, memrchr, wmemchr, strlen and strchr, on blocks of 64 bytes whose bytes are one bit each
 * of a 64-bit mask.
 *
 * A block that begins where the operand begins is read first, if it stays within the page: it decides most
 * calls, and by one bit scan instead of branches on the size. From then on blocks are aligned, so that none
 * reaches into a page in which the operand has no byte. The blocks of the main loop come in pairs, aligned to
 * 128.
 *
 * The including file defines pattern, pattern_of, pattern_of_wide and the operations on blocks and pairs (see
 * x86_64/sse2.c).
 */

/* Where the operand ends; one that would pass the end of the address space ends there. */
ALWAYS_INLINE const char *end_of(const char *from, size_t bytes) {
    const char *end = from + bytes;
    return unlikely((uintptr_t)end < (uintptr_t)from) ? (const char *)UINTPTR_MAX : end;
}

ALWAYS_INLINE void *before(const char *end, const char *found) {
    return found < end ? (void *)(uintptr_t)found : NULL;
}

ALWAYS_INLINE void *not_before(const char *from, const char *found) {
    return found >= from ? (void *)(uintptr_t)found : NULL;
}

ALWAYS_INLINE void *FUNCTION(memchr)(const void *in, int byte, size_t n) {
    const char *at = in;
    const pattern needle = pattern_of((char)byte);
    uint64_t mask;
#ifdef HEAD
    if (likely(n - 1 < HEAD && !crosses_page_within(at, HEAD))) {
        size_t found = bit_scan_or(head_equal(at, needle), BLOCK);
        return if_below(found, n, at + found);
    }
#endif
    if (likely(n - 1 < BLOCK && !crosses_page(at))) {
        size_t found = bit_scan_or(block_equal(at, needle), BLOCK);
        return if_below(found, n, at + found);
    }
    if (unlikely(n == 0))
        return NULL;
    const char *end = end_of(at, n);
    if (likely(!crosses_page(at))) {
        mask = block_equal(at, needle);
        if (mask)
            return (void *)(uintptr_t)(at + bit_scan(mask));
    } else {
        mask = block_equal(align_down(at, BLOCK), needle) >> ((uintptr_t)at % BLOCK);
        if (mask)
            return before(end, at + bit_scan(mask));
        at = align_down(at, BLOCK);
    }
    at = align_down(at + BLOCK, BLOCK);
    if (at >= end)
        return NULL;
    mask = block_equal(at, needle);
    if (mask)
        return before(end, at + bit_scan(mask));
    for (at = align_down(at + BLOCK, PAIR); at < end; at += PAIR)
        if (pair_has_equal(at, needle)) {
            size_t ahead = 0;
            mask = block_equal(at, needle);
            or_else(&mask, &ahead, block_equal(at + BLOCK, needle), BLOCK);
            return before(end, at + ahead + bit_scan(mask));
        }
    return NULL;
}

ALWAYS_INLINE void *FUNCTION(memrchr)(const void *in, int byte, size_t n) {
    const char *from = in, *end = from + n;
    const pattern needle = pattern_of((char)byte);
    uint64_t mask;
    if (unlikely(n == 0))
        return NULL;
    const char *upper; /* what is above it has been looked at */
    if (likely((uintptr_t)(end - 1) % PAGE >= BLOCK - 1)) {
        upper = end - BLOCK; /* in the page of the last byte */
        mask = block_equal(upper, needle);
        if (n <= BLOCK) {
            mask >>= BLOCK - n;
            return if_any(mask, from + top_bit(mask));
        }
        if (mask)
            return (void *)(uintptr_t)(upper + top_bit(mask));
    } else {
        upper = align_down(end - 1, BLOCK);
        mask = first_bits(block_equal(upper, needle), (size_t)(end - upper));
        if (mask)
            return not_before(from, upper + top_bit(mask));
    }
    upper = align_up(upper, BLOCK);
    if (upper <= from)
        return NULL;
    mask = block_equal(upper - BLOCK, needle);
    if (mask)
        return not_before(from, upper - BLOCK + top_bit(mask));
    for (upper = align_up(upper - BLOCK, PAIR); upper > from; upper -= PAIR)
        if (pair_has_equal(upper - PAIR, needle)) {
            size_t behind = BLOCK;
            mask = block_equal(upper - BLOCK, needle);
            or_else(&mask, &behind, block_equal(upper - PAIR, needle), PAIR);
            return not_before(from, upper - behind + top_bit(mask));
        }
    return NULL;
}

ALWAYS_INLINE wchar_t *FUNCTION(wmemchr)(const wchar_t *in, wchar_t wide, size_t n) {
    _Static_assert(sizeof(wchar_t) == 4, "a bit of block_equal_wide is four bytes");
    const char *at = (const char *)in;
    const pattern needle = pattern_of_wide(wide);
    uint64_t mask;
#ifdef HEAD
    if (likely(n - 1 < HEAD / 4 && !crosses_page_within(at, HEAD))) {
        size_t found = bit_scan_or(head_equal_wide(at, needle), BLOCK);
        return if_below(found, n, at + 4 * found);
    }
#endif
    if (likely(n - 1 < BLOCK / 4 && !crosses_page(at))) {
        size_t found = bit_scan_or(block_equal_wide(at, needle), BLOCK);
        return if_below(found, n, at + 4 * found);
    }
    if (unlikely(n == 0))
        return NULL;
    if (unlikely((uintptr_t)at % 4)) { /* not allowed by C; right nevertheless */
        for (; n; at += 4, n--)
            if (load_4(at) == (uint32_t)wide)
                return (wchar_t *)(uintptr_t)at;
        return NULL;
    }
    const char *end = unlikely(n > SIZE_MAX / 4) ? (const char *)UINTPTR_MAX : end_of(at, 4 * n);
    if (likely(!crosses_page(at))) {
        mask = block_equal_wide(at, needle);
        if (mask)
            return before(end, at + 4 * bit_scan(mask));
    } else {
        mask = block_equal_wide(align_down(at, BLOCK), needle) >> ((uintptr_t)at % BLOCK / 4);
        if (mask)
            return before(end, at + 4 * bit_scan(mask));
        at = align_down(at, BLOCK);
    }
    at = align_down(at + BLOCK, BLOCK);
    if (at >= end)
        return NULL;
    mask = block_equal_wide(at, needle);
    if (mask)
        return before(end, at + 4 * bit_scan(mask));
    for (at = align_down(at + BLOCK, PAIR); at < end; at += PAIR)
        if (pair_has_equal_wide(at, needle)) {
            size_t ahead = 0;
            mask = block_equal_wide(at, needle);
            or_else(&mask, &ahead, block_equal_wide(at + BLOCK, needle), BLOCK);
            return before(end, at + ahead + 4 * bit_scan(mask));
        }
    return NULL;
}

ALWAYS_INLINE size_t FUNCTION(strlen)(const char *string) {
    const char *at = string;
    uint64_t mask;
    if (likely(!crosses_page(at))) {
        mask = block_zero(at);
        if (likely(mask != 0))
            return bit_scan(mask);
    } else {
        at = align_down(at, BLOCK);
        mask = block_zero(at) >> ((uintptr_t)string % BLOCK);
        if (mask)
            return bit_scan(mask);
    }
    at = align_down(at + BLOCK, BLOCK);
    mask = block_zero(at);
    if (mask)
        return (size_t)(at - string) + bit_scan(mask);
    at = align_down(at + BLOCK, PAIR);
    while (!pair_has_zero(at))
        at += PAIR;
    size_t length = (size_t)(at - string);
    mask = block_zero(at);
    or_else(&mask, &length, block_zero(at + BLOCK), length + BLOCK);
    return length + bit_scan(mask);
}

ALWAYS_INLINE char *FUNCTION(strchr)(const char *string, int byte) {
    const char *at = string;
    const pattern needle = pattern_of((char)byte);
    uint64_t mask;
    if (likely(!crosses_page(at))) {
        mask = block_equal_or_zero(at, needle);
    } else {
        mask = block_equal_or_zero(align_down(at, BLOCK), needle) >> ((uintptr_t)string % BLOCK);
        if (!mask)
            at = align_down(at, BLOCK);
    }
    if (!mask) {
        at = align_down(at + BLOCK, BLOCK);
        mask = block_equal_or_zero(at, needle);
        if (!mask) {
            at = align_down(at + BLOCK, PAIR);
            while (!pair_has_equal_or_zero(at, needle))
                at += PAIR;
            size_t ahead = 0;
            mask = block_equal_or_zero(at, needle);
            or_else(&mask, &ahead, block_equal_or_zero(at + BLOCK, needle), BLOCK);
            at += ahead;
        }
    }
    at += bit_scan(mask);
    return *at == (char)byte ? (char *)(uintptr_t)at : NULL;
}
