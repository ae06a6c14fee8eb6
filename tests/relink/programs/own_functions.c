/* SPDX-License-Identifier: MIT */
/* Calls of the library's own functions: plain, at the end of a function, on a condition. */
#ifdef LIBRARY
#include <stdlib.h>

int answer(int question) {
    return question + 1;
}

void remember(int *place) {
    *place = 7;
}

int ask(int question) {
    return answer(question) * 2;
}

int ask_at_the_end(int question) {
    return answer(question * 2);
}

void ask_on_a_condition(int *place, int condition) {
    if (condition)
        remember(place);
}

int (*pointer(void))(int) {
    return answer;
}

int other_librarys(const char *text) {
    return atoi(text);
}
#elif defined OTHER
int answer(int question) {
    return question + 1000;
}
#else
#include "check.h"

int answer(int), ask(int), ask_at_the_end(int), other_librarys(const char *);
void ask_on_a_condition(int *, int);
int (*pointer(void))(int);

/* With an argument: what a preloaded `answer` adds, as far as it is seen. */
int main(int argc, char **argv) {
    const int added = argc > 1 ? atoi(argv[1]) : 1;
    int place = 0;
    check(ask(20) == 2 * (20 + added));
    check(ask_at_the_end(20) == 40 + added);
    ask_on_a_condition(&place, 0);
    check(place == 0);
    ask_on_a_condition(&place, 1);
    check(place == 7);
    check(pointer() == answer);
    check(other_librarys("12") == 12);
    return 0;
}
#endif
