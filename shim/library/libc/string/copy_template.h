/* SPDX-License-Identifier: MIT */
/*
 * Template: memmove (which is memcpy) and memset above the small sizes, which the architecture does itself:
 * SMALL bytes at most, by copy_small and set_small.
 *
 * Middle sizes are done without branches on the size: vectors from both ends, whose inner ones coincide with
 * the outer ones when the operand is short. All loads come before all stores, so overlap needs no thought.
 * Large ones are a loop of four vectors with aligned stores, whose ends are loaded before it and stored after
 * it.
 *
 * The including file defines vector, VECTOR (its bytes), load, store, store_aligned, store_past_caches, fence
 * and splat.
 */

ALWAYS_INLINE void copy_middle(char *to, const char *from, size_t n) {
    size_t inner = n > 4 * VECTOR ? 2 * VECTOR : 0;
    const char *from_end = from + n;
    char *to_end = to + n;
    vector a = load(from), b = load(from + VECTOR), c = load(from + inner), d = load(from + inner + VECTOR);
    vector e = load(from_end - inner - 2 * VECTOR), f = load(from_end - inner - VECTOR),
           g = load(from_end - 2 * VECTOR), h = load(from_end - VECTOR);
    store(to, a), store(to + VECTOR, b), store(to + inner, c), store(to + inner + VECTOR, d);
    store(to_end - inner - 2 * VECTOR, e), store(to_end - inner - VECTOR, f);
    store(to_end - 2 * VECTOR, g), store(to_end - VECTOR, h);
}

/* The target does not begin inside the source. */
ALWAYS_INLINE void copy_up(char *to, const char *from, size_t n) {
    char *to_end = to + n;
    const char *from_end = from + n;
    vector head = load(from);
    vector a = load(from_end - 4 * VECTOR), b = load(from_end - 3 * VECTOR), c = load(from_end - 2 * VECTOR),
           d = load(from_end - VECTOR);
    char *at = (char *)align_down(to + VECTOR, VECTOR);
    ptrdiff_t distance = from - to;
    do {
        vector w = load(at + distance), x = load(at + distance + VECTOR),
               y = load(at + distance + 2 * VECTOR), z = load(at + distance + 3 * VECTOR);
        store_aligned(at, w), store_aligned(at + VECTOR, x), store_aligned(at + 2 * VECTOR, y),
            store_aligned(at + 3 * VECTOR, z);
        at += 4 * VECTOR;
    } while (at < to_end - 4 * VECTOR);
    store(to_end - 4 * VECTOR, a), store(to_end - 3 * VECTOR, b), store(to_end - 2 * VECTOR, c),
        store(to_end - VECTOR, d);
    store(to, head);
}

/* The target begins inside the source, or anywhere above it. */
ALWAYS_INLINE void copy_down(char *to, const char *from, size_t n) {
    char *to_end = to + n;
    vector tail = load(from + n - VECTOR);
    vector a = load(from), b = load(from + VECTOR), c = load(from + 2 * VECTOR), d = load(from + 3 * VECTOR);
    char *at = (char *)align_down(to_end - 1, VECTOR);
    ptrdiff_t distance = from - to;
    do {
        at -= 4 * VECTOR;
        vector w = load(at + distance), x = load(at + distance + VECTOR),
               y = load(at + distance + 2 * VECTOR), z = load(at + distance + 3 * VECTOR);
        store_aligned(at + 3 * VECTOR, z), store_aligned(at + 2 * VECTOR, y), store_aligned(at + VECTOR, x),
            store_aligned(at, w);
    } while (at > to + 4 * VECTOR);
    store(to, a), store(to + VECTOR, b), store(to + 2 * VECTOR, c), store(to + 3 * VECTOR, d);
    store(to_end - VECTOR, tail);
}

/* So much that it would push everything else out of the caches; the operands are apart. */
ALWAYS_INLINE void copy_past_caches(char *to, const char *from, size_t n) {
    char *to_end = to + n;
    store(to, load(from));
    char *at = (char *)align_down(to + VECTOR, VECTOR);
    ptrdiff_t distance = from - to;
    for (; at < to_end - 4 * VECTOR; at += 4 * VECTOR) {
        __builtin_prefetch(at + distance + 16 * BLOCK);
        __builtin_prefetch(at + distance + 17 * BLOCK);
        vector w = load(at + distance), x = load(at + distance + VECTOR),
               y = load(at + distance + 2 * VECTOR), z = load(at + distance + 3 * VECTOR);
        store_past_caches(at, w), store_past_caches(at + VECTOR, x), store_past_caches(at + 2 * VECTOR, y),
            store_past_caches(at + 3 * VECTOR, z);
    }
    fence();
    const char *from_end = from + n;
    vector a = load(from_end - 4 * VECTOR), b = load(from_end - 3 * VECTOR), c = load(from_end - 2 * VECTOR),
           d = load(from_end - VECTOR);
    store(to_end - 4 * VECTOR, a), store(to_end - 3 * VECTOR, b), store(to_end - 2 * VECTOR, c),
        store(to_end - VECTOR, d);
}

ALWAYS_INLINE void *FUNCTION(memmove)(void *target, const void *source, size_t n) {
    char *to = target;
    const char *from = source;
    if (unlikely(n <= SMALL))
        copy_small(to, from, n);
    else if (n <= 8 * VECTOR)
        copy_middle(to, from, n);
    else if ((uintptr_t)to - (uintptr_t)from < n)
        copy_down(to, from, n);
    else if (unlikely(n >= mshim_memfuncs_nontemporal_bytes) && (uintptr_t)from - (uintptr_t)to >= n)
        copy_past_caches(to, from, n);
    else
        copy_up(to, from, n);
    return target;
}

ALWAYS_INLINE void *FUNCTION(memset)(void *target, int byte, size_t n) {
    char *to = target, *to_end = to + n;
    if (likely(n <= SMALL)) {
        set_small(to, byte, n);
        return target;
    }
    const vector v = splat((char)byte);
    if (n <= 8 * VECTOR) {
        size_t inner = n > 4 * VECTOR ? 2 * VECTOR : 0;
        store(to, v), store(to + VECTOR, v), store(to + inner, v), store(to + inner + VECTOR, v);
        store(to_end - inner - 2 * VECTOR, v), store(to_end - inner - VECTOR, v);
        store(to_end - 2 * VECTOR, v), store(to_end - VECTOR, v);
        return target;
    }
    store(to, v);
    char *at = (char *)align_down(to + VECTOR, VECTOR);
    if (unlikely(n >= mshim_memfuncs_nontemporal_bytes)) {
        for (; at < to_end - 4 * VECTOR; at += 4 * VECTOR)
            store_past_caches(at, v), store_past_caches(at + VECTOR, v),
                store_past_caches(at + 2 * VECTOR, v), store_past_caches(at + 3 * VECTOR, v);
        fence();
    } else {
        for (; at < to_end - 4 * VECTOR; at += 4 * VECTOR)
            store_aligned(at, v), store_aligned(at + VECTOR, v), store_aligned(at + 2 * VECTOR, v),
                store_aligned(at + 3 * VECTOR, v);
    }
    store(to_end - 4 * VECTOR, v), store(to_end - 3 * VECTOR, v), store(to_end - 2 * VECTOR, v),
        store(to_end - VECTOR, v);
    return target;
}
