/* SPDX-License-Identifier: MIT */
/* Protected and hidden functions cannot be replaced: the linker has bound them already. */
#ifdef LIBRARY
__attribute__((visibility("protected"))) int answer(void) {
    return 1;
}

__attribute__((visibility("hidden"))) int hidden(void) {
    return 2;
}

int ask(void) {
    return answer() + hidden();
}
#else
#include "check.h"

int ask(void), answer(void);

int main(void) {
    check(answer() == 1);
    check(ask() == 3);
    return 0;
}
#endif
