/* SPDX-License-Identifier: MIT */
#include "check.h"

extern char **environ;

static int marks_among(char **entries, char *const *wanted) {
    int marks = 0;
    for (; *entries; entries++)
        if (strncmp(*entries, "MSHIM_FIRST=", 12) == 0) {
            marks++;
        } else {
            CHECK(*wanted && strcmp(*entries, *wanted) == 0);
            wanted++;
        }
    CHECK(*wanted == NULL);
    return marks;
}

/* Starts itself with a known environment: order, empty and repeated names and what is no NAME=VALUE stay. */
int main(int argc, char **argv, char **given) {
    char preload[4096] = "NO_PRELOAD=", allocator[64] = "NO_ALLOCATOR=";
    if (getenv("LD_PRELOAD"))
        snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
    if (getenv("MSHIM_ALLOCATOR"))
        snprintf(allocator, sizeof allocator, "MSHIM_ALLOCATOR=%s", getenv("MSHIM_ALLOCATOR"));
    char *const wanted[] = {"A=1",      preload, "EMPTY=",          "A=2", allocator,
                            "NO_VALUE", "=x",    "MSHIM_FIRSTLY=7", NULL};
    if (argc == 1) {
        execve("/proc/self/exe", (char *[]){argv[0], "again", NULL}, wanted);
        CHECK(!"execve");
    }
    CHECK(marks_among(environ, wanted) == (is_preloaded() ? 1 : 0));
    CHECK(marks_among(given, wanted) <= 1); /* musl hands its own array to main, glibc environ */
}
