/* SPDX-License-Identifier: MIT */
/* The program has a function of the same name, which is the one that the library calls. */
#ifdef LIBRARY
int answer(void) {
    return 1;
}

int own(void) {
    return 3;
}

int ask(void) {
    return answer() + 10;
}

int ask_own(void) {
    return own() + 10;
}

void Py_Main(void) {}
#else
#include "check.h"

int ask(void), ask_own(void);

int answer(void) {
    return 2;
}

int main(void) {
    check(ask() == 12);
    check(ask_own() == 13);
    return 0;
}
#endif
