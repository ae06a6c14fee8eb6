/* SPDX-License-Identifier: MIT */
#include "library/process/select.h"

#include "library/counters/records.h"
#include "library/counters/thread_end.h"
#include "library/hardening/free_mark.h"
#include "library/process/libc.h"
#include "library/process/messages.h"
#include "library/process/state.h"
#include "library/sampling/sampler.h"
#include "shared/base/clock.h"
#include "shared/base/once.h"
#include "shared/base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct mshim_allocator *const allocators[] = {
#define MSHIM_ALLOCATOR(identifier, name, version, help) &mshim_allocator_##identifier,
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
};

static const char *copy(char *buffer, size_t capacity_bytes, const char *value) {
    struct mshim_text text = mshim_text_in(buffer, capacity_bytes);
    mshim_text_append(&text, value);
    return buffer;
}

/* Programs write over their environment (to set their title), so the options that are texts are copied. */
static void keep_texts(struct mshim_options *options) {
    static char report[4096], folder[1024], thread_stack[32];
    if (options->report)
        options->report = copy(report, sizeof report, options->report);
    options->dir = copy(folder, sizeof folder, options->dir);
    if (options->thread_stack)
        options->thread_stack = copy(thread_stack, sizeof thread_stack, options->thread_stack);
}

static void select_allocator(void) {
    mshim_process.other_libc = mshim_libc_is_other();
    if (mshim_process.other_libc) {
        mshim_process.allocator = &mshim_allocator_system;
    } else {
        mshim_program_name_start();
        mshim_options_parse(&mshim_process.options, mshim_environment(), mshim_message_keep, NULL);
        keep_texts(&mshim_process.options);
        mshim_process.allocator = allocators[mshim_process.options.allocator];
        mshim_process.counting = mshim_process.options.stats;
        if (mshim_process.options.harden)
            mshim_free_mark_start();
        mshim_process.thread_stack_bytes = 0;
        if (mshim_process.options.thread_stack)
            mshim_size_bytes(mshim_process.options.thread_stack, &mshim_process.thread_stack_bytes);
    }
    mshim_process.pid = getpid();
    mshim_process.started_ns = mshim_now_ns();
}

/* What the program that this one was by exec has asked for still holds (prctl(2), PR_SET_TSC): reading the cycle
 * counter is SIGSEGV. */
static bool cycle_counter_is_forbidden(void) {
    int mode = 0;
    return syscall(SYS_prctl, PR_GET_TSC, &mode, 0, 0, 0) == 0 && mode == PR_TSC_SIGSEGV;
}

void mshim_start(void) {
    const int saved = errno;
    static struct mshim_once table_is_set;
    if (!mshim_once_begin(&table_is_set))
        return;
    if (cycle_counter_is_forbidden()) {
        mshim_clock_asks_kernel = true;
        mshim_sampling_stop();
    }
    select_allocator();
    /* The allocator's own start may allocate. */
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
