/* SPDX-License-Identifier: MIT */
/* A library that comes first has a function of the same name. */
#ifdef LIBRARY
int answer(void) {
    return 1;
}

int ask(void) {
    return answer() + 10;
}

void Py_Main(void) {}
#elif defined OTHER
int answer(void) {
    return 2;
}

int own_answer(void) {
    return 5;
}
#else
#include "check.h"

int ask(void), own_answer(void);

int main(void) {
    check(own_answer() == 5);
    check(ask() == 12);
    return 0;
}
#endif
