/* SPDX-License-Identifier: MIT */
/* A buffer that grows by small steps to 400 MiB needs hardly more memory than it holds, and is not copied. */
#include "check.h"

#include <mshim.h>
#include <sys/resource.h>

enum { MIB = 1 << 20, STEP_BYTES = 200 << 10, END_BYTES = 400 << 20 };

int main(void) {
    const char *allocator = getenv("MSHIM_ALLOCATOR");
    int (*read_counters)(struct mshim_counters *, size_t) =
        (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    static struct mshim_counters before, after;
    struct rusage usage;
    if (!read_counters || (allocator && strcmp(allocator, "system") == 0))
        SKIP("how the libc does it is its own matter");
    CHECK(read_counters(&before, sizeof before) == 0);
    size_t size = 0;
    char *buffer = NULL;
    while (size < END_BYTES) {
        buffer = realloc(buffer, opaque(size + STEP_BYTES));
        CHECK(buffer);
        memset(buffer + size, (int)(size >> 20), STEP_BYTES);
        size += STEP_BYTES;
    }
    for (size_t at = 0; at < size; at += 4096)
        CHECK(buffer[at] == (char)((at / STEP_BYTES * STEP_BYTES) >> 20));
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    CHECK((size_t)usage.ru_maxrss * 1024 < (size_t)END_BYTES / 100 * 105);
    CHECK(read_counters(&after, sizeof after) == 0);
    if (!allocator || strcmp(allocator, "mallocng") != 0) {
        CHECK(after.realloc_copied_bytes - before.realloc_copied_bytes < 8 * MIB);
        CHECK(after.realloc_in_place > after.realloc_moved);
    }
    free(buffer);
}
