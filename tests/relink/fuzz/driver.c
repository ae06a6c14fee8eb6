/* SPDX-License-Identifier: MIT */
/*
 * driver SECONDS SECONDS_IN_FULL FILE…: changes the files at random and keeps what reaches new code, which
 * the compiler reports (-fsanitize-coverage=trace-pc); the second number counts where MSHIM_TEST_FULL is set.
 * The random numbers are the same in each run. Of an input that fails the bytes are left in
 * relink-fuzz.failed.
 */
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);
void __sanitizer_cov_trace_pc(void);

enum { MAX_INPUTS = 4096, MAX_BYTES = 1 << 16, PLACES = 1 << 16, SECONDS_AN_INPUT = 20, MAX_CHANGES = 6 };

struct input {
    unsigned char *bytes;
    size_t size;
};

static struct input inputs[MAX_INPUTS];
static size_t input_count;
static unsigned char current[MAX_BYTES];
static size_t current_size;
static unsigned char reached[PLACES], known[PLACES];
static uintptr_t before;

void __sanitizer_cov_trace_pc(void) {
    const uintptr_t here = (uintptr_t)__builtin_return_address(0);
    unsigned char *const place = &reached[(here * 31 ^ before) % PLACES];
    before = here * 7;
    *place += *place < UINT8_MAX;
}

static void leave_input(void) {
    const int fd = open("relink-fuzz.failed", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd >= 0 && write(fd, current, current_size) == (ssize_t)current_size)
        (void)!write(STDERR_FILENO, "the input is relink-fuzz.failed\n", 32);
}

static void stop(int number) {
    (void)number;
    leave_input();
    _exit(1);
}

static uint64_t next(void) {
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t below(size_t end) {
    return end ? next() % end : 0;
}

/* How often a place was reached counts in steps: 1, 2, 3, more, many. */
static bool is_new(void) {
    bool news = false;
    for (size_t i = 0; i < PLACES; i++) {
        const unsigned times = reached[i], step = times == 0 ? 0
                                                             : 1u << (times < 4    ? times - 1
                                                                      : times < 32 ? 3
                                                                                   : 4);
        news |= (step & ~(unsigned)known[i]) != 0;
        known[i] |= (unsigned char)step;
    }
    return news;
}

static void keep(void) {
    const size_t at = input_count < MAX_INPUTS ? input_count++ : below(MAX_INPUTS);
    free(inputs[at].bytes);
    inputs[at] = (struct input){malloc(current_size + 1), current_size};
    memcpy(inputs[at].bytes, current, current_size);
}

static void run(void) {
    memset(reached, 0, sizeof reached);
    before = 0;
    alarm(SECONDS_AN_INPUT);
    LLVMFuzzerTestOneInput(current, current_size);
    if (is_new())
        keep();
}

static uint64_t number(void) {
    static const uint64_t edges[] = {0,    1,      2,      7,         8,          0x7f,      0x80,
                                     0xff, 0x7fff, 0xffff, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX};
    switch (below(4)) {
    case 0:
        return edges[below(sizeof edges / sizeof *edges)];
    case 1:
        return below(2 * current_size);
    case 2:
        return -(uint64_t)below(2 * current_size);
    default:
        return next();
    }
}

/* Headers lie at both ends; tables anywhere. */
static size_t place(size_t size, size_t step) {
    enum { HEADERS = 0x300 };
    const size_t end = current_size > size ? current_size - size : 0, near = end < HEADERS ? end : HEADERS;
    const size_t at = below(3) == 0 ? below(near) : below(3) == 0 ? end - below(near) : below(end + 1);
    return at - at % step;
}

static void change(void) {
    static const size_t sizes[] = {1, 2, 4, 8, 8};
    const size_t size = sizes[below(5)], at = place(size, size);
    uint64_t value = number(), old = 0;
    if (current_size < 16)
        return;
    switch (below(8)) {
    case 0: /* a bit */
        current[at] ^= (unsigned char)(1u << below(8));
        break;
    case 1: /* the end */
        current_size = below(3) == 0 ? below(current_size) : current_size - below(64) % current_size;
        break;
    case 2: { /* a piece over another */
        const size_t length = below(below(2) ? 24 : 256) % current_size;
        memmove(current + place(length, 8), current + place(length, 8), length);
        break;
    }
    case 3: { /* a piece of another input, from the same place */
        const struct input *const other = &inputs[below(input_count)];
        const size_t length = below(512) % current_size, from = place(length, 8);
        if (from + length <= other->size)
            memcpy(current + from, other->bytes + from, length);
        break;
    }
    case 4: /* a little more or less */
        memcpy(&old, current + at, size);
        value = old + (int64_t)below(33) - 16;
        memcpy(current + at, &value, size);
        break;
    default:
        memcpy(current + at, &value, size);
    }
}

static void load(const char *path) {
    FILE *const file = fopen(path, "rb");
    current_size = file ? fread(current, 1, sizeof current, file) : 0;
    if (current_size == 0 || current_size == sizeof current) {
        fprintf(stderr, "%s: cannot be read, or is too large\n", path);
        exit(2);
    }
    fclose(file);
    keep();
    run();
}

int main(int argc, char **argv) {
    const long seconds = argc > 3 ? strtol(argv[getenv("MSHIM_TEST_FULL") ? 2 : 1], NULL, 10) : 0;
    if (seconds <= 0) {
        fprintf(stderr, "usage: %s SECONDS SECONDS_IN_FULL FILE...\n", argv[0]);
        return 2;
    }
    __sanitizer_set_death_callback(leave_input);
    signal(SIGALRM, stop);
    signal(SIGABRT, stop);
    for (int i = 3; i < argc; i++)
        load(argv[i]);
    const size_t seeds = input_count;
    unsigned long turns = 0;
    for (const time_t end = time(NULL) + seconds; time(NULL) < end; turns++) {
        const struct input *const from =
            &inputs[below(2) ? below(input_count) : input_count - 1 - below(input_count) / 4];
        current_size = from->size;
        memcpy(current, from->bytes, from->size);
        for (size_t i = 1 + below(MAX_CHANGES); i > 0; i--)
            change();
        run();
    }
    printf("%lu inputs, %zu of them reached something new\n", turns, input_count - seeds);
    if (turns == 0 || input_count == seeds) {
        fprintf(stderr, "nothing new was reached: is the code compiled with -fsanitize-coverage=trace-pc?\n");
        return 1;
    }
    return 0;
}
