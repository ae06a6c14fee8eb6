/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <fcntl.h>

static long resident_kib(void) {
    char text[128] = "";
    const int fd = open("/proc/self/statm", O_RDONLY);
    CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0);
    close(fd);
    return strtol(strchr(text, ' '), NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(void) {
    int (*trim)(size_t) = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim");
    if (!is_preloaded())
        SKIP("not preloaded");
    enum { BLOCKS = 100000, SIZE = 1000 };
    static char *blocks[BLOCKS];
    const long before = resident_kib();
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(SIZE);
        memset(blocks[i], 1, SIZE);
    }
    const long full = resident_kib();
    CHECK(full - before > 80000);
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    trim(0);
    const long after = resident_kib();
    if (after - before > (full - before) / 4) {
        fprintf(stderr, "%ld KiB before, %ld KiB full, %ld KiB after malloc_trim\n", before, full, after);
        return 1;
    }
}
