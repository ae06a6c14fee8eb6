/* SPDX-License-Identifier: MIT */
#include "check.h"

static char *early;

/* The program's own initialisation array is run last, its preinit array before any library's constructor. */
static void allocate_early(void) {
    early = malloc(100);
    if (early)
        strcpy(early, "early");
    free(realloc(calloc(1, 5000), 9000));
}

__attribute__((section(".preinit_array"), used)) static void (*const before_all)(void) = allocate_early;

int main(void) {
    if (!early)
        allocate_early(); /* musl runs no preinit array */
    CHECK(early && strcmp(early, "early") == 0);
    early = realloc(early, 100000);
    CHECK(early && strcmp(early, "early") == 0);
    free(early);
}
