/* SPDX-License-Identifier: MIT */
/* A variable that another library defines. */
#ifdef LIBRARY
extern __thread int variable;

int take(int value) {
    const int before = variable;
    variable = value;
    return before;
}
#elif defined OTHER
__thread int variable = 4;
#else
#include "check.h"

int take(int);
extern __thread int variable;

int main(void) {
    check(take(3) == 4);
    check(variable == 3);
    return 0;
}
#endif
