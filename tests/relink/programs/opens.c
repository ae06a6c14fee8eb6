/* SPDX-License-Identifier: MIT */
/* Opens a library, as Python opens an extension module. Without one: what LD_PRELOAD names is loaded, which
 * is all. */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 1 && !dlopen(argv[1], RTLD_LAZY | RTLD_LOCAL)) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    _exit(0); /* what a library does at the end of a program that never used it is not asked here */
}
