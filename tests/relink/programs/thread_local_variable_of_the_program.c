/* SPDX-License-Identifier: MIT */
/* The program has a variable of the same name, which is the one that the library uses. */
#ifdef LIBRARY
__thread int variable = 1;

int take(int value) {
    const int before = variable;
    variable = value;
    return before;
}
#else
#include "check.h"

__thread int variable = 2;
int take(int);

int main(void) {
    check(take(3) == 2);
    check(variable == 3);
    return 0;
}
#endif
