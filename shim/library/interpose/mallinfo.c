/* SPDX-License-Identifier: MIT */
#include "library/counters/records.h"
#include "library/process/retained.h"
#include "library/process/state.h"

/* As glibc has it; musl's headers do not name it. */
struct mshim_mallinfo2 {
    size_t arena;   /* held in all, what is live and what is retained */
    size_t ordblks; /* not known: 0, as are the others that say nothing about these allocators */
    size_t smblks;
    size_t hblks;
    size_t hblkhd;
    size_t usmblks;
    size_t fsmblks;
    size_t uordblks; /* live; 0 with counters off */
    size_t fordblks; /* retained; 0 where the allocator cannot say */
    size_t keepcost;
};

MSHIM_EXPORT struct mshim_mallinfo2 mallinfo2(void);
MSHIM_EXPORT struct mshim_mallinfo2 mallinfo2(void) {
    struct mshim_mallinfo2 info = {0};
    struct mshim_counters now;
    if (mshim_process.counting) {
        mshim_count_call(MSHIM_FUNCTION_mallinfo2);
        mshim_counters_sum(&now);
        info.uordblks = now.memory_live_bytes;
    }
    const uint64_t retained_bytes = mshim_retained_bytes(true);
    if (retained_bytes != MSHIM_ABSENT)
        info.fordblks = retained_bytes;
    info.arena = info.uordblks + info.fordblks;
    return info;
}
