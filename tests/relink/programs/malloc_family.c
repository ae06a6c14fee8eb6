/* SPDX-License-Identifier: MIT */
/* A library with allocation functions of its own calls those that are preloaded. */
#ifdef LIBRARY
#include <stddef.h>

static char block[64];

void *pvalloc(size_t size) {
    return size <= sizeof block ? block : NULL;
}

int ask(void) {
    return pvalloc(1) == block;
}
#elif defined OTHER
#include <stddef.h>

void *pvalloc(size_t size) {
    (void)size;
    return NULL;
}
#else
#include "check.h"

int ask(void);

int main(int argc, char **argv) {
    (void)argv;
    check(ask() == (argc > 1 ? 0 : 1));
    return 0;
}
#endif
