/* SPDX-License-Identifier: MIT */
/* IFUNC: which function it is turns out when the library is loaded. */
#ifdef LIBRARY
static int chosen(void) {
    return 42;
}

static int (*choose(void))(void) {
    return chosen;
}

int answer(void) __attribute__((ifunc("choose")));

int ask(void) {
    return answer() + 1;
}
#else
#include "check.h"

int ask(void), answer(void);

int main(void) {
    check(answer() == 42);
    check(ask() == 43);
    return 0;
}
#endif
