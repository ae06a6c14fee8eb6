/* SPDX-License-Identifier: MIT */
#include "check.h"

static char *from_constructor, *from_main;
static const char ending[] = "checked in the destructor\n";

__attribute__((constructor(101))) static void earliest(void) {
    from_constructor = malloc(100);
    CHECK(from_constructor);
    strcpy(from_constructor, "constructor");
    free(realloc(malloc(1 << 20), 3 << 20));
}

static void at_exit(void) {
    from_constructor = realloc(from_constructor, 200000);
    CHECK(from_constructor && strcmp(from_constructor, "constructor") == 0);
}

/* Run after everything that atexit was told by main, and after the program's last word. */
__attribute__((destructor(101))) static void latest(void) {
    CHECK(from_constructor && strcmp(from_constructor, "constructor") == 0 && strcmp(from_main, "main") == 0);
    free(from_constructor);
    free(from_main);
    for (size_t size = 1; size < 1 << 22; size *= 2)
        free(calloc(1, opaque(size)));
    if (write(STDOUT_FILENO, ending, sizeof ending - 1) < 0)
        _exit(1);
}

int main(void) {
    CHECK(from_constructor && strcmp(from_constructor, "constructor") == 0);
    from_main = strdup("main");
    CHECK(from_main && atexit(at_exit) == 0);
}
