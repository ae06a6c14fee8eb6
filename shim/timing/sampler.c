/* SPDX-License-Identifier: MIT */
#include "timing/sampler.h"

#include <errno.h>
#include <time.h>

enum {
    WINDOW = MSHIM_PAGE_TIME_CALLS,
    FIRST_MEAN_PASSING = 4,
    MOST_MEAN_PASSING = 1 << 20,
    WINDOWS_A_MILLISECOND = 1,
    OF_ENDS = 2,            /* calls that begin and end a window */
    MOST_NATURAL_PARTS = 4, /* of what it takes from one window to the next: a thread that waited took more */
    PAUSE = 1 << 20,        /* calls until one that was left by longjmp is given up */
    PAUSE_BYTES = 1 << 30,
    EMPTY_READINGS = 256,
    SPARSE_CYCLES = WINDOW << 13,
    LARGE_A_MILLISECOND = 2,
    LEAST_CLOCK_NS = 20000000, /* from where on two readings of the coarse clock tell the counter's rate */
    MOST_LARGE_BYTES = 1 << 30,
    CUT_CYCLES = 1 << 14,     /* some microseconds */
    CUT_CYCLES_A_PAGE = 4096, /* a fault takes less */
    PAGE_SHIFT = 12,
};

__thread struct mshim_time_stream mshim_time_thread __attribute__((tls_model("initial-exec")));

/* Of this process and those it is forked from: the counter goes through all of them. */
static struct {
    enum { NOT_READ, UNUSABLE, READ } state;
    uint64_t from_cycles, from_ns;
    double empty_cycles, empty_gap_cycles;
    bool sandboxed;
} clock_of_process;

static uint64_t now_ns(clockid_t clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The mean of what nothing came in between of. */
static double typical(const uint64_t took[EMPTY_READINGS]) {
    uint64_t least = UINT64_MAX, sum = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < EMPTY_READINGS; i++)
        least = took[i] > 0 && took[i] < least ? took[i] : least;
    for (unsigned i = 0; i < EMPTY_READINGS; i++) {
        if (took[i] > 3 * least)
            continue;
        sum += took[i];
        count++;
    }
    return count ? (double)sum / count : 0;
}

static __attribute__((noinline)) void empty_call(struct mshim_time_stream *stream) {
    MSHIM_TIMED(0, stream, 0, (void)0);
}

/* What the timing itself takes: calls that do nothing, of a program that does nothing, in an episode that
 * counts for nobody. */
static void read_empty(void) {
    uint64_t calls[EMPTY_READINGS], gaps[EMPTY_READINGS];
    struct mshim_time_stream stream = {.in_window = true, .left = EMPTY_READINGS + 1};
    empty_call(&stream);
    for (unsigned i = 0; i < EMPTY_READINGS; i++) {
        stream.fenced = stream.in_calls = 0;
        empty_call(&stream);
        calls[i] = stream.in_calls;
        gaps[i] = stream.fenced - stream.in_calls;
    }
    clock_of_process.empty_cycles = typical(calls);
    clock_of_process.empty_gap_cycles = typical(gaps);
}

/* Two threads may do it at once, and come to the same. */
static bool clock_is_usable(void) {
    if (clock_of_process.state == NOT_READ && mshim_cycles_are_steady()) {
        clock_of_process.from_ns = now_ns(CLOCK_MONOTONIC);
        clock_of_process.from_cycles = mshim_cycles();
        clock_of_process.state = READ;
        read_empty();
    } else if (clock_of_process.state == NOT_READ) {
        clock_of_process.state = UNUSABLE;
    }
    return clock_of_process.state == READ;
}

void mshim_time_sandboxed(void) {
    clock_of_process.sandboxed = true;
}

void mshim_time_stop(void) {
    clock_of_process.state = UNUSABLE;
}

static void publish(uint64_t cycles, uint64_t ns) {
    mshim_page.from_cycles = clock_of_process.from_cycles;
    mshim_page.from_ns = clock_of_process.from_ns;
    mshim_page.empty_cycles = clock_of_process.empty_cycles;
    mshim_page.empty_gap_cycles = clock_of_process.empty_gap_cycles;
    mshim_page.to_cycles = cycles;
    mshim_page.to_ns = ns;
}

void mshim_time_publish(void) {
    if (clock_of_process.state == READ)
        publish(mshim_cycles(), now_ns(CLOCK_MONOTONIC));
}

/* Each as likely: no program keeps step with it. */
static uint64_t random_below(struct mshim_time_stream *stream, uint64_t limit) {
    uint32_t x = stream->random ? stream->random : (uint32_t)mshim_cycles() | 1;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    stream->random = x;
    return (uint64_t)(((unsigned __int128)x * limit) >> 32);
}

/* Moves a mean so that what took `took` takes `wanted`, by a factor of 4 at most. */
static uint64_t adapted(uint64_t mean, uint64_t took, uint64_t wanted, uint64_t least, uint64_t most) {
    double factor = took ? (double)wanted / (double)took : 4;
    factor = factor > 4 ? 4 : factor < 0.25 ? 0.25 : factor;
    const double next = (double)mean * factor;
    return next < (double)least ? least : next > (double)most ? most : (uint64_t)next;
}

static unsigned class_of(uint64_t cycles) {
    if (cycles == 0)
        return 0;
    const unsigned log2 = 63u - (unsigned)__builtin_clzll(cycles);
    const unsigned half = log2 < 32 && cycles * cycles >= (uint64_t)2 << (2 * log2);
    const unsigned index = 1 + 2 * log2 + half;
    return index < MSHIM_PAGE_TIME_CLASSES ? index : MSHIM_PAGE_TIME_CLASSES - 1;
}

static uint64_t cut(uint64_t cycles, size_t bytes) {
    const uint64_t most = CUT_CYCLES + ((uint64_t)bytes >> PAGE_SHIFT) * CUT_CYCLES_A_PAGE;
    return cycles < most ? cycles : most;
}

/* What of a large call's time the thread had a processor. */
static uint64_t on_processor(const struct mshim_timed_call *call) {
    const uint64_t took = call->ended - call->began, most = cut(took, call->bytes);
    if (took <= CUT_CYCLES || clock_of_process.sandboxed || call->cpu_ns == 0)
        return most;
    const uint64_t cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID) - call->cpu_ns;
    const uint64_t ns = now_ns(CLOCK_MONOTONIC_COARSE) - clock_of_process.from_ns;
    if (ns < LEAST_CLOCK_NS || ns > INT64_MAX)
        return most;
    const double cycles_a_ns = (double)(call->ended - clock_of_process.from_cycles) / (double)ns;
    const double cycles = (double)cpu_ns * cycles_a_ns;
    return cycles < (double)took ? (uint64_t)cycles : took;
}

static void add(struct mshim_page_time_row *row, uint64_t weight, uint64_t cycles, uint64_t uncut_cycles) {
    MSHIM_ADD(row->samples, 1);
    MSHIM_ADD(row->calls, weight);
    MSHIM_ADD(row->cycles, weight * cycles);
    MSHIM_ADD(row->classes[class_of(uncut_cycles)], weight);
    if (uncut_cycles > row->max_cycles)
        MSHIM_WRITE(row->max_cycles, uncut_cycles);
}

static uint64_t cycles_a_window(void) {
    return mshim_cycles_a_millisecond() / WINDOWS_A_MILLISECOND;
}

static void begin(struct mshim_time_stream *stream, uint64_t now) {
    stream->record = mshim_record;
    stream->in_window = true;
    stream->left = WINDOW;
    stream->mean_passing = stream->mean_passing == 0 ? FIRST_MEAN_PASSING
                                                     : adapted(stream->mean_passing, now - stream->began,
                                                               cycles_a_window(), 1, MOST_MEAN_PASSING);
    stream->began = now;
    stream->fenced = stream->in_calls = 0;
    stream->until_timed = 0;
}

/* A random number of windows' worth of calls is left alone, so that weights are whole numbers. */
static void draw(struct mshim_time_stream *stream) {
    stream->in_window = false;
    stream->passing = 1 + random_below(stream, 2 * stream->mean_passing);
    stream->until_timed = (int64_t)(stream->passing * WINDOW - OF_ENDS);
}

static void add_window(struct mshim_page_time *time, const struct mshim_time_stream *stream) {
    const uint64_t passing = stream->passing, w = passing + 1;
    const bool dense = stream->fenced < SPARSE_CYCLES;
    if (dense) {
        MSHIM_ADD(time->dense, w);
        MSHIM_ADD(time->dense_cycles, w * stream->in_calls);
    }
    if (dense && passing > 0 && stream->natural < MOST_NATURAL_PARTS * cycles_a_window()) {
        MSHIM_ADD(time->paired, passing);
        MSHIM_ADD(time->natural_cycles, stream->natural);
        MSHIM_ADD(time->fenced_cycles, passing * stream->fenced);
    }
    const double weight = (double)w, y = (double)stream->in_calls;
    time->weights += weight;
    time->weighted_cycles += weight * y;
    time->weights2 += weight * weight;
    time->weighted2_cycles += weight * weight * y;
    time->weighted2_cycles2 += weight * weight * y * y;
}

static void finish(struct mshim_time_stream *stream) {
    const int saved = errno;
    if (mshim_record == stream->record) { /* not in a child that was forked meanwhile */
        add_window(&mshim_record->time, stream);
        publish(mshim_cycles(), now_ns(CLOCK_MONOTONIC_COARSE));
    }
    draw(stream);
    errno = saved;
}

/* The next point on the line of bytes; `past_bytes` of it have gone by already. */
static uint64_t draw_large(struct mshim_time_stream *stream, uint64_t past_bytes) {
    const uint64_t mean = stream->mean_large_bytes;
    uint64_t next = mean / 2 + random_below(stream, mean);
    if (next <= past_bytes)
        next += past_bytes / mean * mean; /* others that fell into the same call */
    while (next <= past_bytes)
        next += mean / 2 + random_below(stream, mean);
    return next - past_bytes;
}

/* Calls that a timed one of so many bytes stands for: 1 over the probability that a point falls into it, up
 * or down to a whole number at random. Points are half a mean to one and a half apart, each as likely. */
static uint64_t large_weight(struct mshim_time_stream *stream, uint64_t bytes) {
    const double x = stream->mean_large_bytes ? (double)bytes / (double)stream->mean_large_bytes : 2;
    const double probability = x >= 1.5 ? 1 : x <= 0.5 ? x : 1 - (1.5 - x) * (1.5 - x) / 2;
    const double weight = 1 / probability;
    const uint64_t below = (uint64_t)weight;
    const uint64_t thousandths = (uint64_t)((weight - (double)below) * 1000);
    return below + (random_below(stream, 1000) < thousandths);
}

/* A point has fallen into a large call. */
static void begin_large(struct mshim_timed_call *call) {
    struct mshim_time_stream *stream = call->stream;
    const uint64_t bytes = call->bytes < MOST_LARGE_BYTES ? call->bytes : MOST_LARGE_BYTES;
    const uint64_t before = stream->until_large_bytes < bytes ? stream->until_large_bytes : bytes;
    const uint64_t now = mshim_cycles();
    call->large_weight = large_weight(stream, bytes);
    stream->mean_large_bytes =
        stream->mean_large_bytes == 0
            ? MSHIM_TIME_LARGE_BYTES
            : adapted(stream->mean_large_bytes, now - stream->large_at,
                      mshim_cycles_a_millisecond() / LARGE_A_MILLISECOND, MSHIM_TIME_LARGE_BYTES, 1ull << 40);
    stream->large_at = now;
    stream->until_large_bytes = draw_large(stream, bytes - before);
    call->cpu_ns = clock_of_process.sandboxed ? 0 : now_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void begin_small(struct mshim_timed_call *call) {
    struct mshim_time_stream *stream = call->stream;
    const uint64_t now = mshim_cycles(), since = now - stream->left_at;
    stream->until_timed = PAUSE;
    if (stream->in_window)
        stream->fenced += since;
    else
        stream->natural = since;
}

/* A thread that has called nothing but CPython's domains has no record yet. */
static bool have_record(void) {
    mshim_record_leave(mshim_record_enter(0));
    return mshim_record_is_own();
}

bool mshim_time_before(struct mshim_timed_call *call) {
    struct mshim_time_stream *stream = call->stream;
    const bool large = call->bytes >= MSHIM_TIME_LARGE_BYTES;
    if (!clock_is_usable() || !have_record()) {
        *stream = (struct mshim_time_stream){.until_timed = PAUSE, .until_large_bytes = PAUSE_BYTES};
        return false;
    }
    if (stream->in_call && large)
        return false;
    if (stream->in_call)
        *stream =
            (struct mshim_time_stream){.random = stream->random}; /* left by longjmp: from the beginning */
    stream->in_call = true;
    if (large)
        begin_large(call);
    else
        begin_small(call);
    return true;
}

/* What a small call was, and what comes next. */
static void step(const struct mshim_timed_call *call, unsigned row) {
    struct mshim_time_stream *stream = call->stream;
    if (!stream->in_window) {
        begin(stream, call->ended);
    } else if (stream->left == 0) {
        finish(stream);
    } else {
        const uint64_t took = call->ended - call->began, cut_cycles = cut(took, call->bytes);
        stream->left--;
        stream->fenced += took;
        stream->in_calls += cut_cycles;
        stream->until_timed = 0;
        if (mshim_record == stream->record)
            add(&mshim_record->time.rows[row], stream->passing + 1, cut_cycles, took);
    }
}

void mshim_time_after(const struct mshim_timed_call *call, unsigned row) {
    struct mshim_time_stream *stream = call->stream;
    if (call->large_weight && mshim_record_is_own()) {
        struct mshim_page_time *time = &mshim_record->time;
        const int saved = errno;
        const uint64_t cycles = on_processor(call);
        const double w = (double)call->large_weight, y = (double)cycles;
        add(&time->rows[row], call->large_weight, cycles, call->ended - call->began);
        publish(call->ended, now_ns(CLOCK_MONOTONIC_COARSE));
        errno = saved;
        time->large_variance_cycles2 += w * (w - 1) * y * y;
    } else if (!call->large_weight) {
        step(call, row);
        stream->left_at = mshim_cycles();
    }
    stream->in_call = false;
}
