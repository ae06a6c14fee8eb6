/* SPDX-License-Identifier: MIT */
#include "library/libc/string/watched.h"

#include "library/libc/string/memfuncs.h"
#include "library/sampling/memfuncs.h"

#include <mshim.h>

static const struct mshim_memfuncs_variant *selected;

#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    static result watched_##name parameters {                                                                \
        const uint64_t tick = mshim_tick();                                                                  \
        if (unlikely(mshim_memfuncs_is_timed(MSHIM_MEMORY_##name))) {                                        \
            const uint64_t began = mshim_cycles();                                                           \
            result timed = selected->name arguments;                                                         \
            mshim_memfuncs_timed(MSHIM_MEMORY_##name, mshim_cycles() - began);                               \
            return timed;                                                                                    \
        }                                                                                                    \
        result done = selected->name arguments;                                                              \
        mshim_memfuncs_watched(tick);                                                                        \
        return done;                                                                                         \
    }
#include <mshim/memory_functions.def>

static const struct mshim_memfuncs_variant watched = {
    .name = "watched",
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) .name = watched_##name,
#include <mshim/memory_functions.def>
};

static void exchange(bool is_watched) {
    mshim_memfuncs_put_in_front(is_watched ? &watched : NULL);
}

void mshim_memfuncs_watched_start(void) {
    selected = mshim_memfuncs_chosen();
    if (selected)
        mshim_memfuncs_sampling_start(exchange);
}
