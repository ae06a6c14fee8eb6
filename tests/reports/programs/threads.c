/* SPDX-License-Identifier: MIT */
/* Known sequences of calls in several threads, and in forked children. The argument names one of them. */
#include "model.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <threads.h>

enum { THREADS = 8, ROUNDS = 1000, LATE_ROUNDS = 10000 };

static pthread_barrier_t barrier;
static pthread_key_t key;
static bool busy;
static void *left[THREADS];

static void at_end(void *block) {
    if (busy) {
        free(block);
        pthread_barrier_wait(&barrier); /* all threads at once are at their end */
        for (int i = 0; i < LATE_ROUNDS; i++)
            free(malloc(opaque(500)));
        free(NULL);
        CHECK(!malloc(opaque((size_t)PTRDIFF_MAX + 1)));
    }
}

static void *work(void *argument) {
    const long me = (long)argument;
    if (busy) {
        for (int i = 0; i < ROUNDS; i++)
            free(malloc(opaque(100)));
        for (int i = 0; i < ROUNDS; i++)
            free(realloc(calloc(opaque(2), opaque(300)), opaque(2000)));
        void *block = NULL;
        CHECK(posix_memalign(&block, opaque(64), opaque(700)) == 0);
        free(block);
        left[me] = malloc(opaque(3000));
    }
    CHECK(pthread_setspecific(key, busy ? malloc(opaque(900)) : &key) == 0);
    return NULL;
}

/* With stacks so small that glibc keeps them, and what belongs to them, for the next threads. */
static void start_threads(pthread_t *threads, void *(*function)(void *)) {
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
    for (long i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], &attributes, function, (void *)i) == 0);
    pthread_attr_destroy(&attributes);
}

static void join_threads(pthread_t *threads) {
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

static void run_threads(void *(*function)(void *)) {
    pthread_t threads[THREADS];
    start_threads(threads, function);
    join_threads(threads);
}

static struct mshim_counters quiet, quiet_before;
/* More than threads that do nothing made: what the libc itself allocates for a thread is in both. */
#define MORE(field) (DIFFERENCE(field) - (quiet.field - quiet_before.field))

static void totals(void) {
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0 && pthread_key_create(&key, at_end) == 0);
    run_threads(work); /* the libc keeps stacks */
    CHECK(read_counters(&quiet_before, sizeof quiet) == 0);
    run_threads(work);
    CHECK(read_counters(&quiet, sizeof quiet) == 0);
    busy = true;
    begin();
    run_threads(work);
    end();
    uint64_t left_bytes = 0;
    for (int i = 0; i < THREADS; i++)
        left_bytes += malloc_usable_size(left[i]);
    SAY("threads.started", THREADS, DIFFERENCE(threads_started));
    SAY("threads.ended", THREADS, DIFFERENCE(threads_ended));
    SAY("malloc.calls", THREADS * (ROUNDS + LATE_ROUNDS + 3), MORE(functions[MSHIM_FUNCTION_malloc].calls));
    SAY("malloc.failures", THREADS, MORE(functions[MSHIM_FUNCTION_malloc].failures));
    SAY("malloc.requested_bytes", THREADS * (ROUNDS * 100 + LATE_ROUNDS * 500 + 3000 + 900),
        MORE(functions[MSHIM_FUNCTION_malloc].requested_bytes));
    SAY("calloc.calls", THREADS * ROUNDS, MORE(functions[MSHIM_FUNCTION_calloc].calls));
    SAY("calloc.requested_bytes", THREADS * ROUNDS * 600,
        MORE(functions[MSHIM_FUNCTION_calloc].requested_bytes));
    SAY("realloc.calls", THREADS * ROUNDS, MORE(functions[MSHIM_FUNCTION_realloc].calls));
    SAY("realloc.requested_bytes", THREADS * ROUNDS * 2000,
        MORE(functions[MSHIM_FUNCTION_realloc].requested_bytes));
    SAY("realloc.in_place+moved", THREADS * ROUNDS, MORE(realloc_in_place) + MORE(realloc_moved));
    SAY("posix_memalign.calls", THREADS, MORE(functions[MSHIM_FUNCTION_posix_memalign].calls));
    SAY("free.calls", THREADS * (2 * ROUNDS + LATE_ROUNDS + 3), MORE(functions[MSHIM_FUNCTION_free].calls));
    SAY("sizes.100", THREADS * ROUNDS, MORE(sizes[class_of(100)].calls));
    SAY("sizes.500", THREADS * LATE_ROUNDS, MORE(sizes[class_of(500)].calls));
    SAY("sizes.600", THREADS * ROUNDS, MORE(sizes[class_of(600)].calls));
    SAY("sizes.900", THREADS, MORE(sizes[class_of(900)].calls));
    SAY("live_blocks", THREADS, MORE(memory_live_blocks));
    SAY("live_bytes", left_bytes, MORE(memory_live_bytes));
    begin();
    for (int i = 0; i < THREADS; i++) /* by another thread than theirs */
        m_free(left[i]);
    end();
    SAY("others.free.calls", THREADS, DIFFERENCE(functions[MSHIM_FUNCTION_free].calls));
    SAY("others.freed_bytes", left_bytes, DIFFERENCE(memory_freed_bytes));
    say_live();
}

/* All ways in which a thread is made or ends. */
static void *nothing(void *unused) {
    return unused;
}

static void *leave(void *unused) {
    pthread_exit(unused);
}

static void *forever(void *unused) {
    for (;;)
        pause();
    return unused;
}

static atomic_int detached_ran;
static void *detached(void *unused) {
    atomic_store(&detached_ran, 1);
    return unused;
}

static void counts_of_threads(void) {
    pthread_t thread;
    begin();
    for (int i = 0; i < 200; i++) {
        CHECK(pthread_create(&thread, NULL, i % 2 ? nothing : leave, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    CHECK(pthread_create(&thread, NULL, forever, NULL) == 0);
    CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, NULL) == 0);
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0 &&
          pthread_attr_setstacksize(&attributes, (size_t)1 << 50) == 0);
    CHECK(pthread_create(&thread, &attributes, nothing, NULL) != 0); /* never began */
    pthread_attr_destroy(&attributes);
    end();
    SAY("threads.started.at_most", 1, DIFFERENCE(threads_started) <= 201);
    SAY("threads.started.at_least", 1, DIFFERENCE(threads_started) >= 200); /* cancelled before it began? */
    SAY("threads.ended", DIFFERENCE(threads_started), DIFFERENCE(threads_ended));
    begin();
    CHECK(pthread_create(&thread, NULL, detached, NULL) == 0 && pthread_detach(thread) == 0);
    for (int i = 0; i < 2000; i++) {
        end();
        if (DIFFERENCE(threads_ended) == 1)
            break;
        usleep(1000);
    }
    SAY("detached.started", 1, DIFFERENCE(threads_started));
    SAY("detached.ended", 1, DIFFERENCE(threads_ended));
    begin();
    CHECK(pthread_create(&thread, NULL, forever, NULL) == 0);
    for (int i = 0; i < 2000; i++) {
        end();
        if (DIFFERENCE(threads_started) == 1)
            break;
        usleep(1000);
    }
    SAY("running.started", 1, DIFFERENCE(threads_started));
    SAY("running.ended", 0, DIFFERENCE(threads_ended));
}

static int c11(void *unused) {
    return unused != NULL;
}

static void c11_threads(void) {
    thrd_t thread;
    begin();
    CHECK(thrd_create(&thread, c11, NULL) == thrd_success && thrd_join(thread, NULL) == thrd_success);
    end();
    SAY("c11.started", 1, DIFFERENCE(threads_started));
    SAY("c11.ended", 1, DIFFERENCE(threads_ended));
}

/* Threads hold blocks all at once, the main thread frees half of them, all go up and down in turn. */
enum { BLOCKS = 400 };
static void *blocks[THREADS][BLOCKS];
static _Atomic(uint64_t) held_bytes;

static void meet(void) {
    pthread_barrier_wait(&barrier);
}

static void *go_up_and_down(void *argument) {
    void **mine = blocks[(long)argument];
    for (int i = 0; i < 20000; i++) /* less than the window, again and again */
        free(malloc(opaque(50000)));
    meet();
    meet(); /* the main thread has read */
    for (int i = 0; i < BLOCKS; i++) {
        mine[i] = malloc(opaque(2000 + (size_t)i * 16));
        atomic_fetch_add(&held_bytes, malloc_usable_size(mine[i]));
    }
    meet(); /* the peak */
    meet();
    for (int i = 1; i < BLOCKS; i += 2)
        free(mine[i]);
    meet();
    for (int turn = 0; turn < 50; turn++) { /* one after another: never as much again */
        for (int i = 1; i < BLOCKS / 2; i += 2)
            mine[i] = malloc(opaque(2000));
        for (int i = 1; i < BLOCKS / 2; i += 2)
            free(mine[i]);
    }
    meet();
    return NULL;
}

static void peak(void) {
    pthread_t threads[THREADS];
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS + 1) == 0);
    start_threads(threads, go_up_and_down);
    meet();
    begin();
    CHECK(before.memory_peak_live_bytes < 6 << 20);
    meet();
    meet();
    end();
    SAY("held.live_bytes", atomic_load(&held_bytes), DIFFERENCE(memory_live_bytes));
    SAY("held.live_blocks", THREADS * BLOCKS, DIFFERENCE(memory_live_blocks));
    const uint64_t truth = before.memory_live_bytes + atomic_load(&held_bytes);
    const uint64_t bound = (THREADS + 1) * 64 * 1024;
    CHECK(truth > 10 << 20);
    SAY("peak.not_too_low", 1, after.memory_peak_live_bytes + bound >= truth);
    SAY("peak.not_too_high", 1, after.memory_peak_live_bytes <= truth + bound);
    for (int thread = 0; thread < THREADS; thread++)
        for (int i = 0; i < BLOCKS; i += 2)
            free(blocks[thread][i]); /* before the others free theirs */
    meet();
    meet();
    meet();
    join_threads(threads);
    end();
    SAY("peak.later.not_too_low", 1, after.memory_peak_live_bytes + bound >= truth);
    SAY("peak.later.not_too_high", 1, after.memory_peak_live_bytes <= truth + bound);
    SAY("freed.live_bytes", 0, DIFFERENCE(memory_live_bytes));
}

/* One thread makes what another frees, in lockstep: little is ever live, and each thread's own balance runs
 * far away. */
static void *_Atomic handed;
static void *take(void *unused) {
    for (int i = 0; i < 4000; i++) {
        void *block;
        while (!(block = atomic_exchange(&handed, NULL)))
            sched_yield();
        free(block);
    }
    return unused;
}

static void handed_over(void) {
    pthread_t thread;
    begin();
    CHECK(pthread_create(&thread, NULL, take, NULL) == 0);
    for (int i = 0; i < 4000; i++) {
        while (atomic_load(&handed))
            sched_yield();
        atomic_store(&handed, malloc(opaque(30000)));
    }
    CHECK(pthread_join(thread, NULL) == 0);
    end();
    SAY("handed.sizes", 4000, DIFFERENCE(sizes[class_of(30000)].calls));
    SAY("handed.live_is_small", 1, DIFFERENCE(memory_live_bytes) < 10000);
    /* two blocks, a thread's own data, two windows */
    SAY("handed.peak_is_small", 1,
        after.memory_peak_live_bytes < before.memory_live_bytes + 3 * 65536 + 2 * 64 * 1024);
}

static pthread_mutex_t hold = PTHREAD_MUTEX_INITIALIZER;
static void *wait_with_blocks(void *unused) {
    void *volatile kept = malloc(opaque(12345));
    (void)kept;
    meet();
    pthread_mutex_lock(&hold);
    pthread_mutex_unlock(&hold);
    return unused;
}

static void *mine;
static void child(int generation) {
    struct mshim_counters parent;
    CHECK(read_counters(&parent, sizeof parent) == 0);
    fflush(stdout);
    const pid_t pid = fork();
    if (pid != 0) {
        int status;
        CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
        return;
    }
    begin();
    for (int i = 0; i < MSHIM_FUNCTIONS; i++)
        SAY("child.calls", 0, before.functions[i].calls);
    for (int i = 0; i < MSHIM_SIZE_CLASSES; i++)
        SAY("child.sizes", 0, before.sizes[i].calls);
    SAY("child.threads", 0, before.threads_started + before.threads_ended);
    SAY("child.realloc", 0, before.realloc_in_place + before.realloc_moved + before.realloc_copied_bytes);
    SAY("child.allocated", 0, before.memory_allocated_bytes + before.memory_freed_bytes);
    SAY("child.inherited_live_bytes", parent.memory_live_bytes, before.memory_inherited_live_bytes);
    SAY("child.inherited_live_blocks", parent.memory_live_blocks, before.memory_inherited_live_blocks);
    SAY("child.live_bytes", parent.memory_live_bytes, before.memory_live_bytes);
    SAY("child.live_blocks", parent.memory_live_blocks, before.memory_live_blocks);
    SAY("child.peak_not_below_live", 1, before.memory_peak_live_bytes >= before.memory_live_bytes);
    m_free(mine); /* the parent's */
    mine = m_malloc(4321 + generation);
    m_free(m_malloc(10));
    end();
    say_functions();
    say_sizes();
    say_live();
    SAY("child.still_inherited", parent.memory_live_bytes, after.memory_inherited_live_bytes);
    if (generation < 2)
        child(generation + 1);
    fflush(stdout);
    _exit(0);
}

static void forks(void) {
    mine = malloc(opaque(100000));
    child(0);
    CHECK(pthread_barrier_init(&barrier, NULL, 4) == 0);
    pthread_mutex_lock(&hold);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, wait_with_blocks, NULL) == 0);
    meet();
    usleep(20000); /* until all are in the mutex */
    child(1);
    pthread_mutex_unlock(&hold);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    begin();
    SAY("parent.inherited", 0, before.memory_inherited_live_bytes + before.memory_inherited_live_blocks);
}

static const struct sequence sequences[] = {{"totals", totals},           {"counts", counts_of_threads},
                                            {"c11", c11_threads},         {"peak", peak},
                                            {"handed_over", handed_over}, {"forks", forks}};

int main(int argc, char **argv) {
    if (!run_named(sequences, sizeof sequences / sizeof *sequences, argc, argv))
        return 2;
    fflush(stdout);
    _exit(0);
}
