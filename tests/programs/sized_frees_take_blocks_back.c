/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <mshim.h>

int main(void) {
    void (*free_sized)(void *, size_t) = (void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
    void (*free_aligned_sized)(void *, size_t, size_t) =
        (void (*)(void *, size_t, size_t))dlsym(RTLD_DEFAULT, "free_aligned_sized");
    int (*read_counters)(struct mshim_counters *, size_t) =
        (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    if (!read_counters)
        SKIP("not preloaded");
    CHECK(free_sized && free_aligned_sized);
    static struct mshim_counters before, after;
    CHECK(read_counters(&before, sizeof before) == 0);
    for (size_t size = 0; size < 10 << 20; size = size * 3 + 1) {
        char *block = malloc(size);
        CHECK(block);
        memset(block, 1, size);
        free_sized(block, size);
        free_sized(calloc(1, size), size);
        free_sized(realloc(malloc(5), size + 1), size + 1);
        for (size_t alignment = 16; alignment <= 65536; alignment *= 16)
            free_aligned_sized(aligned_alloc(alignment, size), alignment, size);
    }
    free_sized(NULL, 0);
    free_sized(NULL, 100);
    free_aligned_sized(NULL, 64, 64);
    CHECK(read_counters(&after, sizeof after) == 0);
    CHECK(after.memory_live_bytes == before.memory_live_bytes &&
          after.memory_live_blocks == before.memory_live_blocks);
    CHECK(after.functions[MSHIM_FUNCTION_free_sized].calls > 2 &&
          after.functions[MSHIM_FUNCTION_free_aligned_sized].calls > 1);
    CHECK(after.functions[MSHIM_FUNCTION_free].calls == before.functions[MSHIM_FUNCTION_free].calls);
}
