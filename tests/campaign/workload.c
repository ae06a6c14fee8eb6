/* SPDX-License-Identifier: MIT */
/*
 * A random program: threads that call the whole malloc family, hand each other blocks, fork, exec, are
 * cancelled, interrupted, limited and at last sandboxed, as the seed has it. Everything that can be seen from
 * here is checked: alignment, contents, zeros of calloc, usable sizes, and that what lived has been counted.
 *
 *     workload SEED OPERATIONS THREADS [fork] [cancel] [signal] [limit] [sandbox]
 *
 * Exits 0, or prints what was wrong and exits 1. Says in the end what it did.
 */
#include "../programs/check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <mshim.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { OWN_BLOCKS = 256, SHARED_BLOCKS = 512, MAX_THREADS = 64, EDGE_BYTES = 128 };

struct block {
    unsigned char *bytes;
    size_t size;
    unsigned char fill;
};

struct worker {
    uint64_t random, operations;
    struct block blocks[OWN_BLOCKS];
};

static struct { bool fork, cancel, signal, limit, sandbox; } with;
static _Atomic(struct block *) shared[SHARED_BLOCKS];
static _Atomic(uint64_t) forks, cancels, kills, refusals;
static uint64_t operations_each;
static int (*read_counters)(struct mshim_counters *, size_t);
static int (*trim)(size_t);

static uint64_t next(struct worker *worker) { /* xorshift64* (Vigna 2016) */
    worker->random ^= worker->random >> 12;
    worker->random ^= worker->random << 25;
    worker->random ^= worker->random >> 27;
    return worker->random * 0x2545f4914f6cdd1dull;
}

static size_t below(struct worker *worker, size_t limit) {
    return (size_t)(next(worker) >> 16) % limit;
}

/* Mostly small, now and then pages, seldom megabytes; often a power of two or beside one. */
static size_t any_size(struct worker *worker) {
    const size_t kind = below(worker, 1000);
    const unsigned most_log2 = kind < 900 ? 10 : kind < 990 ? 16 : 22;
    const size_t power = (size_t)1 << below(worker, most_log2 + 1);
    switch (below(worker, 4)) {
    case 0:
        return power;
    case 1:
        return power - 1 + below(worker, 3);
    default:
        return below(worker, power + 1);
    }
}

static void fill(struct block *block, unsigned char value) {
    const size_t edge = block->size < EDGE_BYTES ? block->size : EDGE_BYTES;
    block->fill = value;
    memset(block->bytes, value, edge);
    memset(block->bytes + block->size - edge, value, edge);
}

static void check_range(const struct block *block, size_t from, size_t to) {
    for (size_t i = from; i < to; i++)
        CHECK(block->bytes[i] == block->fill);
}

static void check(const struct block *block) {
    const size_t edge = block->size < EDGE_BYTES ? block->size : EDGE_BYTES;
    check_range(block, 0, edge);
    check_range(block, block->size - edge, block->size);
}

static void drop(struct block *block) {
    if (block->bytes)
        check(block);
    free(block->bytes);
    block->bytes = NULL;
}

static void put(struct worker *worker, struct block *block, void *bytes, size_t size, size_t alignment) {
    if (!bytes) {
        CHECK(with.limit);
        atomic_fetch_add(&refusals, 1);
        return;
    }
    CHECK((uintptr_t)bytes % alignment == 0 && malloc_usable_size(bytes) >= size);
    *block = (struct block){bytes, size, 0};
    fill(block, (unsigned char)(1 + below(worker, 255)));
}

/* A block smaller than the strictest type need not be fit for it. */
static size_t natural(size_t size) {
    return size >= _Alignof(max_align_t) ? _Alignof(max_align_t) : 1;
}

static void make_aligned(struct worker *worker, struct block *block, size_t size) {
    const size_t alignment = sizeof(void *) << below(worker, 14);
    void *bytes = NULL;
    switch (below(worker, 3)) {
    case 0:
        bytes = aligned_alloc(alignment, size);
        break;
    case 1:
        bytes = memalign(alignment, size);
        break;
    default:
        if (posix_memalign(&bytes, alignment, size) != 0)
            bytes = NULL;
    }
    put(worker, block, bytes, size, alignment);
}

static void make_zeroed(struct worker *worker, struct block *block, size_t size) {
    unsigned char *const bytes = calloc(1 + size / 16, 16);
    if (bytes)
        for (size_t i = 0; i < size; i += i < 4096 ? 1 : 509)
            CHECK(bytes[i] == 0);
    put(worker, block, bytes, size, natural(size));
}

static void grow_or_shrink(struct worker *worker, struct block *block, size_t size) {
    const size_t kept = size < block->size ? size : block->size;
    const size_t edge = kept < EDGE_BYTES ? kept : EDGE_BYTES;
    if (block->bytes)
        check(block);
    size += !size;
    void *const bytes = below(worker, 2) ? realloc(block->bytes, size) : reallocarray(block->bytes, size, 1);
    if (!bytes) {
        CHECK(with.limit);
        return;
    }
    const struct block moved = {bytes, size, block->fill};
    if (block->bytes)
        check_range(&moved, 0, edge);
    block->bytes = NULL;
    put(worker, block, bytes, size, natural(size));
}

/* A block changes hands with whoever was here before. */
static void exchange(struct worker *worker, struct block *block) {
    struct block *const given = malloc(sizeof *given);
    if (!given)
        return;
    *given = *block;
    struct block *const taken = atomic_exchange(&shared[below(worker, SHARED_BLOCKS)], given);
    *block = taken ? *taken : (struct block){0};
    free(taken);
}

static void rare(struct worker *worker) {
    struct mshim_counters now;
    switch (below(worker, 16)) {
    case 0:
        if (trim)
            trim(0);
        break;
    case 1:
        if (read_counters && read_counters(&now, sizeof now) == 0)
            CHECK(now.memory_live_bytes < UINT64_MAX / 2);
        break;
    default:
        free(NULL);
    }
}

static void step(struct worker *worker) {
    struct block *const block = &worker->blocks[below(worker, OWN_BLOCKS)];
    const size_t kind = below(worker, 100), size = any_size(worker);
    worker->operations++;
    if (kind < 20) {
        grow_or_shrink(worker, block, size);
    } else if (kind < 28) {
        exchange(worker, block);
    } else if (kind < 30) {
        rare(worker);
    } else {
        drop(block);
        if (kind < 65)
            put(worker, block, malloc(size), size, natural(size));
        else if (kind < 75)
            make_zeroed(worker, block, size);
        else if (kind < 85)
            make_aligned(worker, block, size);
    }
}

static void drop_all(struct worker *worker) {
    for (size_t i = 0; i < OWN_BLOCKS; i++)
        drop(&worker->blocks[i]);
}

/* The blocks of the thread that forked are the child's too. */
static void fork_and_wait(struct worker *worker) {
    const size_t end = below(worker, 4);
    const pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 200; i++)
            step(worker);
        if (end == 0) {
            drop_all(worker);
            _exit(7);
        }
        if (end == 1)
            execl("/proc/self/exe", "workload", "7", "200", "1", (char *)NULL);
        if (end == 2)
            for (;;)
                step(worker);
        _exit(end == 1 ? 8 : 7);
    }
    if (child < 0)
        return;
    int status = 0;
    if (end == 2) {
        usleep((useconds_t)below(worker, 3000));
        kill(child, SIGKILL);
        atomic_fetch_add(&kills, 1);
    }
    while (waitpid(child, &status, 0) < 0)
        CHECK(errno == EINTR);
    CHECK(end == 2 ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
                   : WIFEXITED(status) && WEXITSTATUS(status) == (end == 1 ? 0 : 7));
    atomic_fetch_add(&forks, 1);
}

static void drop_of_cancelled(void *worker) {
    drop_all(worker);
    free(worker);
}

static void *until_cancelled(void *argument) {
    struct worker *const worker = argument;
    pthread_cleanup_push(drop_of_cancelled, worker);
    for (;;) {
        for (int i = 0; i < 100; i++)
            step(worker);
        pthread_testcancel();
    }
    pthread_cleanup_pop(1);
    return NULL;
}

static void cancel_one(struct worker *worker) {
    struct worker *const victim = calloc(1, sizeof *victim);
    pthread_t thread;
    if (!victim)
        return;
    victim->random = next(worker) | 1;
    if (pthread_create(&thread, NULL, until_cancelled, victim) != 0) {
        free(victim);
        return;
    }
    usleep((useconds_t)below(worker, 1000));
    void *result;
    CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
    atomic_fetch_add(&cancels, 1);
}

static void *work(void *argument) {
    struct worker *const worker = argument;
    while (worker->operations < operations_each) {
        step(worker);
        if (with.fork && below(worker, 20000) == 0)
            fork_and_wait(worker);
        if (with.cancel && below(worker, 20000) == 0)
            cancel_one(worker);
    }
    drop_all(worker);
    return NULL;
}

static void on_signal(int number) {
    struct mshim_counters now;
    const int saved = errno;
    if (read_counters)
        (void)read_counters(&now, sizeof now);
    (void)number;
    errno = saved;
}

static void interrupt_often(bool on) {
    const struct itimerval every = {{0, on ? 700 : 0}, {0, on ? 700 : 0}};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGPROF, &action, NULL);
    setitimer(ITIMER_PROF, &every, NULL);
}

/* What a strict sandbox leaves to a program that has all that it needs. Anything else kills. */
static void enter_sandbox(void) {
    static const int allowed[] = {SYS_read, SYS_write, SYS_mmap, SYS_munmap,     SYS_mremap,      SYS_madvise,
                                  SYS_brk,  SYS_futex, SYS_exit, SYS_exit_group, SYS_rt_sigreturn};
    struct sock_filter filter[2 * sizeof allowed / sizeof *allowed + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    unsigned short at = 1;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i], 0, 1);
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    const struct sock_fprog program = {at, filter};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void read_flags(char **flags) {
    for (; *flags; flags++) {
        with.fork |= strcmp(*flags, "fork") == 0;
        with.cancel |= strcmp(*flags, "cancel") == 0;
        with.signal |= strcmp(*flags, "signal") == 0;
        with.limit |= strcmp(*flags, "limit") == 0;
        with.sandbox |= strcmp(*flags, "sandbox") == 0;
    }
}

static uint64_t live_blocks(void) {
    struct mshim_counters now;
    return read_counters && read_counters(&now, sizeof now) == 0 ? now.memory_live_blocks : 0;
}

static void drop_shared(void) {
    for (size_t i = 0; i < SHARED_BLOCKS; i++) {
        struct block *const block = atomic_exchange(&shared[i], NULL);
        if (block)
            drop(block);
        free(block);
    }
}

int main(int argc, char **argv) {
    static struct worker workers[MAX_THREADS];
    static char output[512];
    pthread_t threads[MAX_THREADS];
    CHECK(argc >= 4);
    const uint64_t seed = strtoull(argv[1], NULL, 10);
    const size_t count = strtoull(argv[3], NULL, 10);
    operations_each = strtoull(argv[2], NULL, 10) / count;
    read_flags(argv + 4);
    read_counters = (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    trim = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim"); /* musl has none of its own */
    if (with.limit) {
        const struct rlimit limit = {(rlim_t)3 << 30, (rlim_t)3 << 30};
        CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    }
    const uint64_t live_before = live_blocks();
    if (with.signal)
        interrupt_often(true);
    for (size_t i = 0; i < count; i++) {
        workers[i].random = (seed + 1) * 0x9e3779b97f4a7c15ull + i * 0xbf58476d1ce4e5b9ull;
        CHECK(pthread_create(&threads[i], NULL, work, &workers[i]) == 0 || with.limit);
    }
    uint64_t operations = 0;
    for (size_t i = 0; i < count; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        operations += workers[i].operations;
    }
    interrupt_often(false);
    if (with.sandbox) {
        enter_sandbox();
        for (uint64_t i = 0; i < operations_each / 4; i++)
            step(&workers[0]);
        drop_all(&workers[0]);
    }
    drop_shared();
    /* What the libc keeps for its threads, and a thread's own memory, may stay. */
    CHECK(live_blocks() <= live_before + 64 + 8 * count);
    const int length =
        snprintf(output, sizeof output, "%llu operations %llu forks %llu kills %llu cancels %llu refused\n",
                 (unsigned long long)operations, (unsigned long long)forks, (unsigned long long)kills,
                 (unsigned long long)cancels, (unsigned long long)refusals);
    CHECK(write(1, output, (size_t)length) == length);
    return 0;
}
