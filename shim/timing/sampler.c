/* SPDX-License-Identifier: MIT */
#include "timing/sampler.h"

#include <errno.h>
#include <time.h>

enum {
    WINDOW = MSHIM_PAGE_TIME_CALLS,
    FIRST_MEAN_ROUNDS = 4,
    MOST_MEAN_ROUNDS = 1 << 20,
    OF_WINDOWS = 2 * WINDOW + 3, /* calls of an episode: two windows, and those that begin and end them */
    PAUSE = 1 << 20,             /* calls until one that was left by longjmp is given up */
    EMPTY_READINGS = 256,
    SPARSE_CYCLES = WINDOW << 13,
    LARGE_A_MILLISECOND = 8,
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
    double empty_cycles;
} clock_of_process;

static uint64_t now_ns(clockid_t clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What two readings one after the other differ by: the mean of those that nothing came in between. */
static double read_empty(void) {
    uint64_t took[EMPTY_READINGS], least = UINT64_MAX, sum = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < EMPTY_READINGS; i++) {
        const uint64_t before = mshim_cycles();
        took[i] = mshim_cycles() - before;
        if (took[i] > 0 && took[i] < least)
            least = took[i];
    }
    for (unsigned i = 0; i < EMPTY_READINGS; i++) {
        if (took[i] > 3 * least)
            continue;
        sum += took[i];
        count++;
    }
    return count ? (double)sum / count : 0;
}

/* Two threads may do it at once, and come to the same. */
static bool clock_is_usable(void) {
    if (clock_of_process.state == NOT_READ) {
        const bool usable = mshim_cycles_are_steady();
        if (usable) {
            clock_of_process.from_ns = now_ns(CLOCK_MONOTONIC);
            clock_of_process.from_cycles = mshim_cycles();
            clock_of_process.empty_cycles = read_empty();
        }
        __atomic_store_n(&clock_of_process.state, usable ? READ : UNUSABLE, __ATOMIC_RELEASE);
    }
    return clock_of_process.state == READ;
}

void mshim_time_stop(void) {
    clock_of_process.state = UNUSABLE;
}

static void publish(uint64_t cycles, uint64_t ns) {
    mshim_page.from_cycles = clock_of_process.from_cycles;
    mshim_page.from_ns = clock_of_process.from_ns;
    mshim_page.empty_cycles = clock_of_process.empty_cycles;
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

static void add(struct mshim_page_time_row *row, uint64_t weight, uint64_t cycles, uint64_t uncut_cycles) {
    MSHIM_ADD(row->samples, 1);
    MSHIM_ADD(row->calls, weight);
    MSHIM_ADD(row->cycles, weight * cycles);
    MSHIM_ADD(row->classes[class_of(uncut_cycles)], weight);
    if (uncut_cycles > row->max_cycles)
        MSHIM_WRITE(row->max_cycles, uncut_cycles);
}

static void begin(struct mshim_time_stream *stream, uint64_t now) {
    stream->record = mshim_record;
    stream->part = MSHIM_TIME_NATURAL;
    stream->mean_rounds = stream->mean_rounds == 0
                              ? FIRST_MEAN_ROUNDS
                              : adapted(stream->mean_rounds, now - stream->began,
                                        mshim_cycles_a_millisecond(), 1, MOST_MEAN_ROUNDS);
    stream->began = now;
    stream->fenced = stream->in_calls = 0;
    if (stream->weight == 0)
        stream->weight = 2;
}

/* The next episode is a random number of whole rounds away, so that weights are whole numbers. */
static int64_t draw(struct mshim_time_stream *stream) {
    const uint64_t rounds = 1 + random_below(stream, 2 * stream->mean_rounds);
    stream->weight = rounds + 2;
    return (int64_t)(rounds * WINDOW - (OF_WINDOWS - 2 * WINDOW));
}

static void finish(struct mshim_time_stream *stream) {
    struct mshim_page_record *record = mshim_record;
    if (record != stream->record) /* another thread's, or that of a child */
        return;
    struct mshim_page_time *time = &record->time;
    const uint64_t w = stream->weight;
    if (stream->natural < SPARSE_CYCLES && stream->fenced < SPARSE_CYCLES) {
        MSHIM_ADD(time->windows, w);
        MSHIM_ADD(time->natural_cycles, w * stream->natural);
        MSHIM_ADD(time->fenced_cycles, w * stream->fenced);
        MSHIM_ADD(time->in_calls_cycles, w * stream->in_calls);
    }
    const double weight = (double)w, y = (double)stream->in_calls;
    time->weights += weight;
    time->weights2 += weight * weight;
    time->weighted_cycles += weight * y;
    time->weighted2_cycles += weight * weight * y;
    time->weighted2_cycles2 += weight * weight * y * y;
    const int saved = errno;
    publish(mshim_cycles(), now_ns(CLOCK_MONOTONIC_COARSE));
    errno = saved;
}

/* True: the large call is timed, standing for `large_weight` calls of its size. */
static bool large_is_due(struct mshim_timed_call *call) {
    struct mshim_time_stream *stream = call->stream;
    ++*call->until; /* is no call of a round */
    const uint64_t bytes = call->bytes < MOST_LARGE_BYTES ? call->bytes : MOST_LARGE_BYTES;
    const uint64_t one_in = stream->mean_large_bytes / bytes;
    if (stream->in_call || !clock_is_usable() || (one_in > 1 && random_below(stream, one_in) != 0))
        return false;
    call->large_weight = one_in > 1 ? one_in : 1;
    const uint64_t now = mshim_cycles();
    const uint64_t mean = stream->mean_large_bytes ? stream->mean_large_bytes : MSHIM_TIME_LARGE_BYTES;
    stream->mean_large_bytes =
        adapted(mean, now - stream->large_at, mshim_cycles_a_millisecond() / LARGE_A_MILLISECOND,
                MSHIM_TIME_LARGE_BYTES, 1ull << 40);
    stream->large_at = now;
    stream->in_call = true;
    return true;
}

bool mshim_time_before(struct mshim_timed_call *call) {
    struct mshim_time_stream *stream = call->stream;
    if (call->bytes >= MSHIM_TIME_LARGE_BYTES)
        return *call->until < INT64_MAX / 2 && large_is_due(call);
    if (stream->in_call) {
        stream->in_call = false;
        stream->part = MSHIM_TIME_BETWEEN;
    }
    if (stream->part ==
        MSHIM_TIME_BETWEEN) /* a thread that called nothing but CPython's domains has none yet */
        mshim_record_leave(mshim_record_enter(0));
    if (!clock_is_usable() || mshim_record->until_timed > INT64_MAX / 2) {
        *call->until = PAUSE;
        return false;
    }
    const uint64_t now = mshim_cycles();
    stream->in_call = true;
    *call->until = PAUSE;
    if (stream->part == MSHIM_TIME_NATURAL)
        stream->natural = now - stream->left_at;
    else if (stream->part == MSHIM_TIME_FENCED)
        stream->fenced += now - stream->left_at;
    return true;
}

/* One of an episode: what it was, and what comes next. */
static void step(const struct mshim_timed_call *call, unsigned row, uint64_t now) {
    struct mshim_time_stream *stream = call->stream;
    if (stream->part == MSHIM_TIME_BETWEEN) {
        begin(stream, now);
        *call->until = WINDOW;
    } else if (stream->part == MSHIM_TIME_NATURAL) {
        stream->part = MSHIM_TIME_FENCED;
        stream->left = WINDOW;
        *call->until = 0;
    } else if (stream->left > 0) {
        const uint64_t took = call->ended - call->began, cut_cycles = cut(took, call->bytes);
        stream->left--;
        stream->fenced += took;
        stream->in_calls += cut_cycles;
        if (mshim_record == stream->record)
            add(&mshim_record->time.rows[row], stream->weight, cut_cycles, took);
        *call->until = 0;
    } else {
        finish(stream);
        stream->part = MSHIM_TIME_BETWEEN;
        *call->until = draw(stream);
    }
}

void mshim_time_after(const struct mshim_timed_call *call, unsigned row) {
    struct mshim_time_stream *stream = call->stream;
    if (call->large_weight) {
        struct mshim_page_time *time = &mshim_record->time;
        const uint64_t took = call->ended - call->began, cut_cycles = cut(took, call->bytes);
        if (mshim_record->until_timed < INT64_MAX / 2) {
            const double w = (double)call->large_weight, y = (double)cut_cycles;
            add(&time->rows[row], call->large_weight, cut_cycles, took);
            time->large_variance_cycles2 += w * (w - 1) * y * y;
        }
    } else {
        step(call, row, call->ended);
        stream->left_at = mshim_cycles();
    }
    stream->in_call = false;
}
