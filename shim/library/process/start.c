/* SPDX-License-Identifier: MIT */
#include "library/process/start.h"

#include "library/counters/records.h"
#include "library/counters/thread_end.h"
#include "library/interpose/dispatch.h"
#include "library/libc/string/memfuncs.h"
#include "library/libc/string/watched.h"
#include "shared/options/note.h"
#include "library/libc/snprintf/snprintf.h"
#include "library/process/children.h"
#include "library/process/end.h"
#include "library/process/first.h"
#include "library/process/fork.h"
#include "library/process/kernel.h"
#include "library/process/libc.h"
#include "library/process/limited.h"
#include "library/process/live.h"
#include "library/process/marker.h"
#include "library/process/messages.h"
#include "shared/base/once.h"
#include "library/process/retained.h"
#include "library/process/serve_python.h"
#include "library/process/served.h"
#include "library/python/python.h"
#include "library/libc/strftime/strftime.h"
#include "library/sampling/sampler.h"
#include "library/sampling/tick.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

MSHIM_NOTE_DEFINE(MSHIM_LIBC, MSHIM_VERSION);

struct mshim_process mshim_process;

static const struct mshim_allocator *const allocators[] = {
#define MSHIM_ALLOCATOR(identifier, name, version, help) &mshim_allocator_##identifier,
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
};

uint64_t mshim_own_memory_bytes(void) {
    return mshim_counters_memory_bytes() + mshim_python_own_bytes();
}

/* Programs write over their environment (to set their title), so what is a text is copied. */
static void keep_texts(struct mshim_options *options) {
    static char report[4096], folder[1024], thread_stack[32];
    if (options->report)
        options->report = strncpy(report, options->report, sizeof report - 1);
    options->dir = strncpy(folder, options->dir, sizeof folder - 1);
    if (options->thread_stack)
        options->thread_stack = strncpy(thread_stack, options->thread_stack, sizeof thread_stack - 1);
}

static void choose(void) {
    mshim_process.foreign = mshim_libc_is_foreign();
    if (mshim_process.foreign) {
        mshim_process.allocator = &mshim_allocator_system;
    } else {
        mshim_options_parse(&mshim_process.options, mshim_environment(), mshim_message_keep, NULL);
        keep_texts(&mshim_process.options);
        mshim_process.allocator = allocators[mshim_process.options.allocator];
        mshim_process.counting = mshim_process.options.stats;
        mshim_process.thread_stack_bytes = 0;
        if (mshim_process.options.thread_stack)
            mshim_size_bytes(mshim_process.options.thread_stack, &mshim_process.thread_stack_bytes);
    }
    mshim_process.pid = getpid();
    mshim_process.started_ns = mshim_now_ns();
}

void mshim_start(void) {
    const int saved = errno;
    static struct mshim_once table_is_set;
    if (!mshim_once_begin(&table_is_set))
        return;
    choose();
    mshim_active = *mshim_process.allocator->plain;
    mshim_once_end(&table_is_set);
    if (mshim_process.allocator->start)
        mshim_process.allocator->start();
    if (mshim_process.counting) {
        mshim_thread_end_start(mshim_record_release);
        mshim_active = *mshim_process.allocator->counted;
    }
    errno = saved;
}

static void tell_first(void) {
    const enum mshim_first first = mshim_first_read(mshim_environment());
    mshim_process.first = first != MSHIM_NOT_FIRST;
    if (first == MSHIM_FIRST_NOW) {
        mshim_message_print_kept();
        mshim_first_mark();
    }
}

/* The glibc flavour does not have them. */
static void use_memory_functions(void) {
#ifdef __GLIBC__
    mshim_process.options.memfuncs = false;
#else
    mshim_memfuncs_select(mshim_process.options.memfuncs);
    if (mshim_process.counting)
        mshim_memfuncs_watched_start();
    mshim_strftime_select(mshim_process.options.memfuncs);
    mshim_snprintf_select(mshim_process.options.memfuncs);
#endif
}

static void construct_served(void) {
    use_memory_functions();
    if (mshim_process.counting)
        mshim_tick_start();
    mshim_limited_start();
    mshim_serve_python();
    mshim_fork_start();
    mshim_at_quick_exit(mshim_end);
    mshim_end_start();
    mshim_live_start();
    if (mshim_process.options.children == MSHIM_CHILDREN_DROP)
        mshim_children_drop();
    if (!mshim_execution_is_secure())
        tell_first();
    mshim_marker_map(mshim_malloc_is_ours() ? NULL : "own-malloc");
    if (mshim_process.options.verbose)
        mshim_message_verbose();
}

/* With the smallest number that the compiler leaves to programs: before other constructors that allocate. */
__attribute__((constructor(101))) static void construct(void) {
    const int saved = errno;
    mshim_start();
    if (mshim_process.foreign)
        mshim_marker_map("other-libc");
    else
        construct_served();
    (void)dlerror(); /* of what was looked up and is not there */
    errno = saved;   /* main begins with what the libc left */
}

__attribute__((destructor(101))) static void destruct(void) {
    mshim_end();
}

MSHIM_EXPORT int mshim_counters_read(struct mshim_counters *out, size_t size);
int mshim_counters_read(struct mshim_counters *out, size_t size) {
    if (!mshim_process.counting)
        return -1;
    struct mshim_counters now;
    mshim_sampling_publish();
    mshim_counters_sum(&now);
    mshim_kernel_fill_faults(&now);
    __builtin_memcpy(out, &now, size < sizeof now ? size : sizeof now);
    return 0;
}
