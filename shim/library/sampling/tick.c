/* SPDX-License-Identifier: MIT */
#include "library/sampling/tick.h"

#include "shared/base/clock.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    MIN_TICK_NS = 100000, /* a coarse clock of a finer resolution is not updated by a tick */
    PAGE_WORDS = 4096 / sizeof(uint64_t),
    ATTEMPTS = 3, /* a tick may come while the word is compared */
    LINE_BYTES = 256,
};

static const volatile uint64_t never;
const volatile uint64_t *mshim_tick_word = &never;
uint64_t mshim_tick_ns;

static struct timespec coarse(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now;
}

/* The hexadecimal number at the beginning of a line of /proc/self/maps. */
static uintptr_t address_of(const char *line) {
    uintptr_t address = 0;
    for (; *line; line++) {
        const unsigned digit = (unsigned char)*line;
        if (digit >= '0' && digit <= '9')
            address = address * 16 + (digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            address = address * 16 + (digit - 'a' + 10);
        else
            break;
    }
    return address;
}

/* A file read by lines; long ones are truncated. */
struct lines {
    int fd;
    size_t at, length;
    char buffer[4096], line[LINE_BYTES];
};

static bool next_line(struct lines *lines) {
    for (size_t length = 0;;) {
        if (lines->at == lines->length) {
            const long count = syscall(SYS_read, lines->fd, lines->buffer, sizeof lines->buffer);
            if (count <= 0)
                return false;
            lines->length = (size_t)count;
            lines->at = 0;
        }
        const char next = lines->buffer[lines->at++];
        lines->line[length] = next == '\n' ? 0 : next;
        if (next == '\n')
            return true;
        length += length < LINE_BYTES - 1;
    }
}

/* The first page of [vvar], 0 if there is none. Its other pages may fault. */
static uintptr_t find_page(void) {
    struct lines lines = {.fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC)};
    uintptr_t address = 0;
    while (lines.fd >= 0 && address == 0 && next_line(&lines))
        address = strstr(lines.line, " r--p ") && strstr(lines.line, "[vvar]") ? address_of(lines.line) : 0;
    if (lines.fd >= 0)
        syscall(SYS_close, lines.fd);
    return address;
}

/* The seconds are in the word before. */
static const volatile uint64_t *find_word(const volatile uint64_t *page) {
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        const struct timespec now = coarse();
        for (unsigned i = 0; i + 1 < PAGE_WORDS; i++)
            if (page[i] == (uint64_t)now.tv_sec && page[i + 1] == (uint64_t)now.tv_nsec)
                return &page[i + 1];
    }
    return NULL;
}

void mshim_tick_start(void) {
    struct timespec step = {0, 0};
    if (sizeof(long) != sizeof(uint64_t) || clock_getres(CLOCK_MONOTONIC_COARSE, &step) != 0 ||
        step.tv_sec != 0 || step.tv_nsec < MIN_TICK_NS)
        return;
    const uintptr_t page = find_page();
    const volatile uint64_t *word = page ? find_word((const volatile uint64_t *)page) : NULL;
    if (!word)
        return;
    mshim_tick_word = word;
    mshim_tick_ns = (uint64_t)step.tv_nsec;
}

void mshim_tick_check(void) {
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++)
        if (mshim_tick() == (uint64_t)coarse().tv_nsec)
            return;
    mshim_tick_word = &never;
    mshim_tick_ns = 0;
}

uint64_t mshim_ticks_between(uint64_t from, uint64_t to) {
    if (mshim_tick_ns == 0)
        return 0;
    const uint64_t passed_ns = (to + MSHIM_NS_PER_SECOND - from) % MSHIM_NS_PER_SECOND;
    return (passed_ns + mshim_tick_ns / 2) / mshim_tick_ns;
}

/* The time that a tick writes is a multiple of the period since boot, and the tick comes a little later: by a
 * lag that stays the same. The lag is the shortest time that was seen to have passed since the word's time;
 * when ticks are observed to come later than that, it follows them slowly. */
static uint64_t lag_ns = UINT64_MAX;

static uint64_t since_ns(uint64_t now_ns) {
    return (now_ns % MSHIM_NS_PER_SECOND + MSHIM_NS_PER_SECOND - mshim_tick()) % MSHIM_NS_PER_SECOND;
}

static uint64_t lag_with(uint64_t since) {
    const uint64_t known = __atomic_load_n(&lag_ns, __ATOMIC_RELAXED);
    if (since >= known)
        return known;
    __atomic_store_n(&lag_ns, since, __ATOMIC_RELAXED);
    return since;
}

void mshim_tick_seen(uint64_t now_ns) {
    const uint64_t since = since_ns(now_ns), lag = lag_with(since);
    if (since < 2 * mshim_tick_ns)
        __atomic_store_n(&lag_ns, lag + (since - lag) / 8, __ATOMIC_RELAXED);
}

uint64_t mshim_tick_due_ns(uint64_t now_ns) {
    const uint64_t since = since_ns(now_ns), next = mshim_tick_ns + lag_with(since);
    return since < next ? next - since : 0;
}
