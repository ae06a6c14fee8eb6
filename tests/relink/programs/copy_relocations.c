/* SPDX-License-Identifier: MIT */
/* A program that is linked to a fixed address holds the library's variable, and the address of its function.
 */
#ifdef LIBRARY
int variable = 5;

int answer(void) {
    return variable;
}

int ask(void) {
    return answer() + 1;
}

int *place(void) {
    return &variable;
}

int (*pointer(void))(void) {
    return answer;
}

int (*table[])(void) = {answer, ask};
#else
#include "check.h"

extern int variable;
extern int (*table[])(void);
int answer(void), ask(void);
int *place(void);
int (*pointer(void))(void);

int main(void) {
    check(place() == &variable);
    variable = 8;
    check(ask() == 9);
    check(pointer() == answer);
    check(table[0] == answer && table[1] == ask);
    check(table[1]() == 9);
    return 0;
}
#endif
