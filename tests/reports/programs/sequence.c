/* SPDX-License-Identifier: MIT */
/* A known sequence of calls; prints what it should have counted beside what was counted, as "name expected counted". */
#include "../../programs/check.h"

#include <malloc.h>
#include <mshim.h>
#include <pthread.h>
#include <stdatomic.h>

static int (*read_counters)(struct mshim_counters *, size_t);
static struct mshim_counters before, after;

#define DIFFERENCE(field) (after.field - before.field)
#define SAY(name, expected, counted)                                                                         \
    printf("%s %llu %llu\n", name, (unsigned long long)(expected), (unsigned long long)(counted))
#define SAY_FUNCTION(function, n, failed, bytes)                                                             \
    do {                                                                                                     \
        SAY(#function ".calls", n, DIFFERENCE(functions[MSHIM_FUNCTION_##function].calls));                  \
        SAY(#function ".failures", failed, DIFFERENCE(functions[MSHIM_FUNCTION_##function].failures));       \
        SAY(#function ".requested_bytes", bytes,                                                             \
            DIFFERENCE(functions[MSHIM_FUNCTION_##function].requested_bytes));                               \
    } while (0)

static uint64_t calls_of_size(const struct mshim_counters *counters, uint64_t size) {
    for (int i = 0; i < MSHIM_SIZE_CLASSES; i++)
        if (size >= counters->sizes[i].from_bytes && size <= counters->sizes[i].to_bytes)
            return counters->sizes[i].calls;
    return 0;
}

enum { THREADS = 8, ROUNDS = 1000 };

static _Atomic(uint64_t) left_bytes;
static pthread_key_t key;

static void free_at_end(void *block) {
    free(block);
}

/* 1001 mallocs of 100 bytes, 1000 frees: one is left for the one who joins, one is freed by the key's destructor. */
static void *allocate(void *out) {
    for (int i = 0; i < ROUNDS - 1; i++)
        free(malloc(100));
    CHECK(pthread_setspecific(key, malloc(100)) == 0);
    *(void **)out = malloc(100);
    atomic_fetch_add(&left_bytes, malloc_usable_size(*(void **)out));
    return NULL;
}

static void one_thread(void) {
    void (*free_sized)(void *, size_t) = (void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
    static void *kept[50];
    uint64_t kept_bytes = 0;
    int in_place = 0, moved = 0;
    const size_t too_much = opaque((size_t)PTRDIFF_MAX + 1);

    read_counters(&before, sizeof before);
    for (int i = 0; i < 50; i++)
        kept[i] = malloc(opaque(40));
    CHECK(malloc(too_much) == NULL);
    void *zeros = calloc(opaque(7), 300);
    CHECK(calloc(too_much, 2) == NULL);
    void *aligned = aligned_alloc(64, opaque(640));
    CHECK(aligned_alloc(opaque(48), 640) == NULL);
    void *posix = NULL;
    CHECK(posix_memalign(&posix, 4096, opaque(5000)) == 0 && posix_memalign(&zeros, opaque(3), 10) != 0);
    free(NULL);
    free(NULL);
    void *grown = realloc(NULL, opaque(10));
    for (size_t size = 1000; size < 100000; size *= 3) {
        const uintptr_t was = (uintptr_t)grown;
        grown = realloc(grown, opaque(size));
        *((uintptr_t)grown == was ? &in_place : &moved) += 1;
    }
    CHECK(realloc(grown, too_much) == NULL);
    void *array = reallocarray(NULL, opaque(10), 20);
    CHECK(reallocarray(array, too_much, 2) == NULL);
    void *huge = malloc(opaque(3000000));
    void *sized = malloc(opaque(77));
    free_sized(sized, 77);
    for (int i = 0; i < 25; i++)
        free(kept[i]);
    for (int i = 25; i < 50; i++)
        kept_bytes += malloc_usable_size(kept[i]);
    read_counters(&after, sizeof after);
    void *const others[] = {zeros, aligned, posix, grown, array, huge};
    for (int i = 0; i < 6; i++)
        kept_bytes += malloc_usable_size(others[i]);

    SAY_FUNCTION(malloc, 53, 1, 50 * 40 + 3000000 + 77);
    SAY_FUNCTION(calloc, 2, 1, 2100);
    SAY_FUNCTION(aligned_alloc, 2, 1, 640);
    SAY_FUNCTION(posix_memalign, 2, 1, 5000);
    SAY_FUNCTION(realloc, 7, 1, 10 + 1000 + 3000 + 9000 + 27000 + 81000);
    SAY_FUNCTION(reallocarray, 2, 1, 200);
    SAY("free.calls", 27, DIFFERENCE(functions[MSHIM_FUNCTION_free].calls));
    SAY("free_sized.calls", 1, DIFFERENCE(functions[MSHIM_FUNCTION_free_sized].calls));
    SAY("malloc_usable_size.calls", 25, DIFFERENCE(functions[MSHIM_FUNCTION_malloc_usable_size].calls));
    SAY("realloc.in_place", in_place, DIFFERENCE(realloc_in_place));
    SAY("realloc.moved", moved, DIFFERENCE(realloc_moved));
    SAY("memory.live_bytes", kept_bytes, DIFFERENCE(memory_live_bytes));
    SAY("memory.live_blocks", 25 + 6, DIFFERENCE(memory_live_blocks));
    SAY("memory.difference", kept_bytes, DIFFERENCE(memory_allocated_bytes) - DIFFERENCE(memory_freed_bytes));
    SAY("sizes.40", 50, calls_of_size(&after, 40) - calls_of_size(&before, 40));
    SAY("sizes.3000000", 1, calls_of_size(&after, 3000000) - calls_of_size(&before, 3000000));
}

static void several_threads(void) {
    void *left[THREADS];
    pthread_t threads[THREADS];
    CHECK(pthread_key_create(&key, free_at_end) == 0);
    read_counters(&before, sizeof before);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, allocate, &left[i]) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    read_counters(&after, sizeof after);
    /* the libc's own allocations for a thread are no malloc of 100 bytes */
    SAY("threads.started", THREADS, DIFFERENCE(threads_started));
    SAY("threads.ended", THREADS, DIFFERENCE(threads_ended));
    SAY("threads.sizes.100", THREADS * (ROUNDS + 1), calls_of_size(&after, 100) - calls_of_size(&before, 100));
    SAY("threads.usable_size.calls", THREADS, DIFFERENCE(functions[MSHIM_FUNCTION_malloc_usable_size].calls));
    read_counters(&before, sizeof before);
    for (int i = 0; i < THREADS; i++)
        free(left[i]);
    read_counters(&after, sizeof after);
    SAY("threads.freed_bytes", atomic_load(&left_bytes), DIFFERENCE(memory_freed_bytes));
}

static void peak(void) {
    read_counters(&before, sizeof before);
    void *volatile large = malloc(10 << 20);
    const uint64_t truth = before.memory_live_bytes + malloc_usable_size(large);
    free(large);
    read_counters(&after, sizeof after);
    const uint64_t error = after.memory_peak_live_bytes > truth ? after.memory_peak_live_bytes - truth
                                                                : truth - after.memory_peak_live_bytes;
    SAY("peak.is_within_64_kib", 1, error <= 64 * 1024);
}

int main(void) {
    read_counters = (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    CHECK(read_counters && read_counters(&before, sizeof before) == 0);
    printf("%s", ""); /* stdio's buffer is there before anything is counted */
    fflush(stdout);
    setvbuf(stdout, NULL, _IOFBF, 0);
    SAY("begin", 0, 0);
    one_thread();
    several_threads();
    peak();
}
