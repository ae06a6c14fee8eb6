/* SPDX-License-Identifier: MIT */
#include "library/python/python.h"

#include "library/python/bursts.h"
#include "library/python/multi_gil.h"

static enum mshim_python_mode in_force = MSHIM_PYTHON_OFF;
static enum mshim_python_reason off_reason = MSHIM_PYTHON_NOT_STARTED;

bool mshim_python_start(enum mshim_python_mode mode, const struct mshim_python_backend *backend) {
    off_reason = mode == MSHIM_PYTHON_OFF ? MSHIM_PYTHON_BY_OPTION : mshim_python_find(mode);
    if (off_reason != MSHIM_PYTHON_HOOKED)
        return false;
    mshim_python_backend = *backend;
    mshim_python_hook(mode);
    in_force = mode;
    return true;
}

enum mshim_python_mode mshim_python_in_force(void) {
    return in_force;
}

enum mshim_python_reason mshim_python_reason(void) {
    return off_reason;
}

size_t mshim_python_own_bytes(void) {
    return mshim_python_slabs_header_bytes();
}

void mshim_python_publish(void) {
    mshim_python_heaps_publish();
}

void mshim_python_fork_prepare(void) {
    mshim_python_multi_gil_fork_prepare();
}

void mshim_python_fork_parent(void) {
    mshim_python_multi_gil_fork_parent();
}

void mshim_python_fork_child(void) {
    mshim_python_multi_gil_fork_child();
    mshim_python_heaps_forget_peak();
}

size_t mshim_python_trim(void) {
    if (mshim_python_fronts[0].base == 0)
        return 0;
    if (!mshim_python_holds_gil()) {
        mshim_python_request_trim();
        return 0;
    }
    return mshim_python_multi_gil_trim();
}

void mshim_python_request_trim(void) {
    mshim_python_fronts_request_trim();
}

void mshim_python_set_retained_limit(size_t bytes) {
    mshim_python_slabs_set_retained_limit(bytes);
}
