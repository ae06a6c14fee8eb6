/* SPDX-License-Identifier: MIT */
#include "check.h"

extern char **environ;

int main(void) {
    int marks = 0;
    for (char **at = environ; *at; at++)
        if (strncmp(*at, "MSHIM_FIRST=", 12) == 0) {
            marks++;
            CHECK(atoi(*at + 12) == (int)getpid());
        }
    CHECK(marks == (is_preloaded() ? 1 : 0));
    CHECK(setenv("MSHIM_TEST_NEW", "1", 1) == 0 && strcmp(getenv("MSHIM_TEST_NEW"), "1") == 0);
    CHECK(unsetenv("MSHIM_FIRST") == 0 && !getenv("MSHIM_FIRST"));
    CHECK(clearenv() == 0);
}
