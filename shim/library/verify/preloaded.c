/* SPDX-License-Identifier: MIT */
/* Run with the library preloaded: each function that the arguments name is found in it, and the common ones work. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int faults;

static void expect_ours(const char *name, const void *function) {
    Dl_info info;
    if (!function)
        fprintf(stderr, "%s is not found; ", name);
    else if (!dladdr(function, &info) || !info.dli_fname || !strstr(info.dli_fname, "/libmshim.so"))
        fprintf(stderr, "%s is that of %s; ", name, info.dli_fname ? info.dli_fname : "another file");
    else
        return;
    faults++;
}

static void expect(const char *what, int holds) {
    if (holds)
        return;
    fprintf(stderr, "%s goes wrong; ", what);
    faults++;
}

int main(int count, char **names) {
    for (int i = 1; i < count; i++)
        expect_ours(names[i], dlsym(RTLD_DEFAULT, names[i]));
#ifdef ON_musl
    /* As the linker bound this program's own calls. */
    void *(*const volatile bound_memcpy)(void *, const void *, size_t) = memcpy;
    int (*const volatile bound_memcmp)(const void *, const void *, size_t) = memcmp;
    size_t (*const volatile bound_strlen)(const char *) = strlen;
    char from[3000], to[sizeof from];
    memset(from, 'x', sizeof from);
    from[sizeof from - 1] = 0;
    expect("memcpy", bound_memcpy(to, from, sizeof from) == to && to[0] == 'x' && to[sizeof to - 2] == 'x');
    expect("memcmp", bound_memcmp(to, from, sizeof from) == 0);
    expect("strlen", bound_strlen(to) == sizeof to - 1);
#endif
    void *(*const volatile bound_malloc)(size_t) = malloc;
    char *block = bound_malloc(100);
    expect("malloc", block != NULL);
    char *const larger = realloc(block, 100000);
    expect("realloc", larger != NULL);
    free(larger ? larger : block);
    return faults != 0;
}
