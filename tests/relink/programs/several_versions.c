/* SPDX-License-Identifier: MIT */
/* Two versions of a function in one library, each called by the library itself. */
#ifdef LIBRARY
__asm__(".symver answer_1, answer@VERSION_1\n.symver answer_2, answer@@VERSION_2");

int answer_1(void) {
    return 1;
}

int answer_2(void) {
    return 2;
}

int answer(void);

int ask(void) {
    return answer() + 10;
}
#else
#include "check.h"

int ask(void), answer(void);

int main(void) {
    check(answer() == 2);
    check(ask() == 12);
    return 0;
}
#endif
