/* SPDX-License-Identifier: MIT */
/* A library that is opened while the program runs. */
#ifdef LIBRARY
/* As in a library of several files, where the compiler does not see them all. */
#define GENERAL __attribute__((tls_model("global-dynamic")))

GENERAL static __thread int counter = 5;

int answer(void) {
    return 1;
}

int count(void) {
    return ++counter + answer();
}
#else
#include "check.h"
#include <dlfcn.h>
#include <string.h>

/* Status 2 where it cannot be opened, with the loader's words. */
int main(int argc, char **argv) {
    check(argc == 2);
    void *const library = dlopen(argv[1], RTLD_NOW);
    if (!library) {
        puts(dlerror());
        return 2;
    }
    int (*count)(void) = (int (*)(void))dlsym(library, "count");
    check(count && count() == 7 && count() == 8);
    check(dlclose(library) == 0);
    return 0;
}
#endif
