/* SPDX-License-Identifier: MIT */
/*
 * Template: memcmp, bcmp, strcmp and strncmp, on blocks of 64 bytes as in find.h.
 *
 * Operands of up to a block are compared by one block, of which the bits past the size are dropped; where it
 * would leave the page, by words and bytes. block_differs_masked, head_differs_masked and
 * block_differs_or_ends_masked are optional, for an instruction set that can load the first n bytes of a
 * block and leave the others alone; so are HEAD and head_*, for one to which half a block is cheaper.
 */

ALWAYS_INLINE int difference_at(const char *a, const char *b, size_t at) {
    return (int)(unsigned char)a[at] - (int)(unsigned char)b[at];
}

/* The bytes that differ among the first n, 0 < n <= 64, as bits; of those past the first difference any may
 * be set or not. */
ALWAYS_INLINE uint64_t differences(const char *a, const char *b, size_t n) {
#ifdef block_differs_masked
    return block_differs_masked(a, b, n);
#else
    if (likely(!crosses_page(a) && !crosses_page(b)))
        return first_bits(block_differs(a, b), n);
    size_t at = 0;
    for (; at + 8 <= n; at += 8) {
        uint64_t bits = load_8(a + at) ^ load_8(b + at);
        if (bits)
            return (uint64_t)1 << (at + bit_scan(bits) / 8);
    }
    for (; at < n; at++)
        if (a[at] != b[at])
            return (uint64_t)1 << at;
    return 0;
#endif
}

/*
 * Where the first difference is among the last 2 blocks, or anywhere if there is none: there the difference
 * of the bytes is 0, so that nobody has to ask.
 */
ALWAYS_INLINE size_t difference_in_pair(const char *a, const char *b, size_t at) {
    uint64_t mask = block_differs(a + at, b + at);
    size_t found = at;
    or_else(&mask, &found, block_differs(a + at + BLOCK, b + at + BLOCK), at + BLOCK);
    return found + bit_scan_or(mask, 0);
}

/* The same among all n bytes, n > 64. */
ALWAYS_INLINE size_t first_difference(const char *a, const char *b, size_t n) {
    uint64_t mask = block_differs(a, b);
    if (mask)
        return bit_scan(mask);
    if (n <= PAIR)
        return n - BLOCK + bit_scan_or(block_differs(a + n - BLOCK, b + n - BLOCK), 0);
    size_t at = BLOCK;
    if (n > 2 * PAIR) {
        at -= (uintptr_t)a % BLOCK;
        do {
            if (pair_differs(a + at, b + at))
                return difference_in_pair(a, b, at);
            at += PAIR;
        } while (at < n - PAIR);
        return difference_in_pair(a, b, n - PAIR);
    }
    uint64_t later = block_differs(a + n - PAIR, b + n - PAIR);
    mask = block_differs(a + at, b + at);
    or_else(&later, &n, block_differs(a + n - BLOCK, b + n - BLOCK), n + BLOCK);
    or_else(&mask, &at, later, n - PAIR);
    return at + bit_scan_or(mask, 0);
}

ALWAYS_INLINE int FUNCTION(memcmp)(const void *first, const void *second, size_t n) {
    const char *a = first, *b = second;
#ifdef head_differs_masked
    if (likely(n - 1 < HEAD))
        return difference_at(a, b, bit_scan_or(head_differs_masked(a, b, n), 0));
#endif
    if (unlikely(n == 0))
        return 0;
    /* No difference: that of the first bytes is 0. */
    size_t at = likely(n <= BLOCK) ? bit_scan_or(differences(a, b, n), 0) : first_difference(a, b, n);
    return difference_at(a, b, at);
}

ALWAYS_INLINE int FUNCTION(bcmp)(const void *first, const void *second, size_t n) {
    const char *a = first, *b = second;
#ifdef head_differs_masked
    if (likely(n - 1 < HEAD))
        return head_differs_masked(a, b, n) != 0;
#endif
    if (unlikely(n == 0))
        return 0;
    if (likely(n <= BLOCK))
        return differences(a, b, n) != 0;
    if (n <= PAIR)
        return (block_differs(a, b) | block_differs(a + n - BLOCK, b + n - BLOCK)) != 0;
    if (pair_differs(a, b))
        return 1;
    if (n > 2 * PAIR) {
        size_t at = PAIR - (uintptr_t)a % BLOCK;
        do {
            if (pair_differs(a + at, b + at))
                return 1;
            at += PAIR;
        } while (at < n - PAIR);
    }
    return pair_differs(a + n - PAIR, b + n - PAIR);
}

/* The first byte that differs or ends the strings among the first n, n < 64, as the lowest bit; 0 if there is
 * none. */
ALWAYS_INLINE uint64_t differences_or_ends(const char *a, const char *b, size_t n) {
#ifdef block_differs_or_ends_masked
    return block_differs_or_ends_masked(a, b, n);
#else
    size_t at = 0;
    for (; at + 8 <= n; at += 8) {
        uint64_t word = load_8(a + at), ones = 0x0101010101010101;
        if ((word ^ load_8(b + at)) | ((word - ones) & ~word & ones << 7))
            break;
    }
    for (; at < n; at++)
        if (a[at] != b[at] || a[at] == 0)
            return (uint64_t)1 << at;
    return 0;
#endif
}

ALWAYS_INLINE size_t left_in_page(const char *at) {
    return PAGE - (uintptr_t)at % PAGE;
}

/*
 * Both strings from `at` on, n bytes at most if limited: whole blocks up to the end of the page of either,
 * then the bytes left in that page. A string that goes on beyond them has its next page.
 */
ALWAYS_INLINE int compare_strings_from(size_t at, const char *a, const char *b, bool limited, size_t n) {
    for (;;) {
        size_t left = left_in_page(a + at);
        uint64_t mask;
        if (left_in_page(b + at) < left)
            left = left_in_page(b + at);
        if (limited && n - at < left)
            left = n - at;
        for (; left >= PAIR; left -= PAIR, at += PAIR)
            if (pair_differs_or_ends(a + at, b + at)) {
                size_t found = at;
                mask = block_differs_or_ends(a + at, b + at);
                or_else(&mask, &found, block_differs_or_ends(a + at + BLOCK, b + at + BLOCK), at + BLOCK);
                return difference_at(a, b, found + bit_scan(mask));
            }
        if (left >= BLOCK) {
            mask = block_differs_or_ends(a + at, b + at);
            if (mask)
                return difference_at(a, b, at + bit_scan(mask));
            left -= BLOCK, at += BLOCK;
        }
        if (limited && n - at == left && left && !crosses_page(a + at) && !crosses_page(b + at)) {
            mask = block_differs_or_ends(a + at, b + at) | (uint64_t)1 << (left - 1); /* as good as an end */
            return difference_at(a, b, at + bit_scan(mask));
        }
        if (left) {
            mask = differences_or_ends(a + at, b + at, left);
            if (mask)
                return difference_at(a, b, at + bit_scan(mask));
            at += left;
        }
        if (limited && at == n)
            return 0;
    }
}

/* The first block, which decides most calls, is apart from the rest, for which registers must be saved. */
static __attribute__((noinline)) int FUNCTION(strcmp_rest)(size_t at, const char *a, const char *b) {
    return compare_strings_from(at, a, b, false, 0);
}

static __attribute__((noinline)) int FUNCTION(strncmp_rest)(size_t at, const char *a, const char *b,
                                                            size_t n) {
    return compare_strings_from(at, a, b, true, n);
}

ALWAYS_INLINE int FUNCTION(strcmp)(const char *a, const char *b) {
    if (unlikely(crosses_page(a) || crosses_page(b)))
        return FUNCTION(strcmp_rest)(0, a, b);
    uint64_t mask;
#ifdef HEAD
    mask = head_differs_or_ends(a, b);
    if (likely(mask))
        return difference_at(a, b, bit_scan(mask));
    mask = head_differs_or_ends(a + HEAD, b + HEAD) << HEAD;
#else
    mask = block_differs_or_ends(a, b);
#endif
    if (unlikely(!mask))
        return FUNCTION(strcmp_rest)(BLOCK - (uintptr_t)a % BLOCK, a, b);
    return difference_at(a, b, bit_scan(mask));
}

ALWAYS_INLINE int FUNCTION(strncmp)(const char *a, const char *b, size_t n) {
    if (unlikely(n == 0))
        return 0;
    if (unlikely(crosses_page(a) || crosses_page(b)))
        return FUNCTION(strncmp_rest)(0, a, b, n);
    uint64_t mask = block_differs_or_ends(a, b);
    if (n <= BLOCK)
        mask |= (uint64_t)1 << (n - 1);
    if (unlikely(!mask))
        return FUNCTION(strncmp_rest)(BLOCK - (uintptr_t)a % BLOCK, a, b, n);
    return difference_at(a, b, bit_scan(mask));
}
