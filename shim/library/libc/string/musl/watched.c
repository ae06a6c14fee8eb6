/* SPDX-License-Identifier: MIT */
/* The functions that stand in front of the chosen ones while they are watched (sampling/memory.h). */
#include "library/libc/string/watched.h"

#include "library/libc/string/memory.h"
#include "library/sampling/memory.h"

#include <mshim.h>

static const struct mshim_memory_variant *chosen;

#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    static result watched_##name parameters {                                                                \
        const uint64_t tick = mshim_tick();                                                                  \
        if (__builtin_expect(mshim_memory_is_timed(MSHIM_MEMORY_##name), 0)) {                               \
            const uint64_t began = mshim_cycles();                                                           \
            result timed = chosen->name arguments;                                                           \
            mshim_memory_timed(MSHIM_MEMORY_##name, mshim_cycles() - began);                                 \
            return timed;                                                                                    \
        }                                                                                                    \
        result done = chosen->name arguments;                                                                \
        mshim_memory_watched(tick);                                                                          \
        return done;                                                                                         \
    }
#include <mshim/memory_functions.def>

static const struct mshim_memory_variant watched = {
    .name = "watched",
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) .name = watched_##name,
#include <mshim/memory_functions.def>
};

static void exchange(bool is_watched) {
    mshim_memory_put_in_front(is_watched ? &watched : NULL);
}

void mshim_memory_watched_start(void) {
    chosen = mshim_memory_chosen();
    if (chosen)
        mshim_memory_watch_start(exchange);
}
