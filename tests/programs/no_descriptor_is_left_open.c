/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <fcntl.h>

/* Whoever starts this has its own descriptors open below 64; the lowest free one tells if there is one more.
 */
int main(void) {
    const int first = open("/dev/null", O_RDONLY);
    const int second = open("/dev/null", O_RDONLY);
    free(malloc(100));
    CHECK(second == first + 1);
    close(second);
    close(first);
    char link[64], target[256];
    for (int fd = 3; fd < 64; fd++) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        const ssize_t length = readlink(link, target, sizeof target - 1);
        if (length > 0) {
            target[length] = 0;
            /* (Not "mshim": a test runner leaves files open, in a folder that may be called so.) */
            CHECK(!strstr(target, "memfd") && !strstr(target, ".page") && !strstr(target, "libmshim") &&
                  !strstr(target, "/dev/shm/"));
        }
    }
}
