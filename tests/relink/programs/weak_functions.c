/* SPDX-License-Identifier: MIT */
/* A weak function is there to be replaced, also by a library that is preloaded. */
#ifdef LIBRARY
__attribute__((weak)) int answer(void) {
    return 1;
}

int ask(void) {
    return answer() + 10;
}
#elif defined OTHER
int answer(void) {
    return 2;
}
#else
#include "check.h"

int ask(void);

int main(int argc, char **argv) {
    (void)argv;
    check(ask() == (argc > 1 ? 12 : 11));
    return 0;
}
#endif
