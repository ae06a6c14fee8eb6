/* SPDX-License-Identifier: MIT */
#include "random_calls.h"

static struct mshim_counters before, after;
static struct sequence sequence;

int main(void) {
    find_functions();
    sequence.random = seed_of_test;
    const long calls = calls_of_test();
    read_now(&before);
    for (long i = 0; i < calls; i++) {
        one_call(&sequence);
        if (i % 10000 == 0) {
            read_now(&after);
            check_counters(&before, &after, &sequence, 1);
        }
    }
    release_all(&sequence);
    CHECK_SEEDED(sequence.live_bytes == 0 && sequence.live_blocks == 0);
    read_now(&after);
    check_counters(&before, &after, &sequence, 1);
}
