/* SPDX-License-Identifier: MIT */
/* What the programs share: a check that says where it failed, a skip that says why. */
#ifndef MSHIM_TESTS_CHECK_H
#define MSHIM_TESTS_CHECK_H

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno);                \
            _exit(1);                                                                                        \
        }                                                                                                    \
    } while (0)

#define SKIP(reason)                                                                                         \
    do {                                                                                                     \
        puts(reason);                                                                                        \
        exit(77);                                                                                            \
    } while (0)

/* A size that the compiler does not know. */
static inline size_t opaque(size_t size) {
    volatile size_t hidden = size;
    return hidden;
}

static inline bool is_preloaded(void) {
    return dlsym(RTLD_DEFAULT, "mshim_counters_read") != NULL;
}

/* How often something is tried: MSHIM_TEST_COUNT, or `usual`. */
static inline int count_or(int usual) {
    const char *text = getenv("MSHIM_TEST_COUNT");
    return text ? atoi(text) : usual;
}

#endif
