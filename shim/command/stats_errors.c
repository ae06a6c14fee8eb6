/* SPDX-License-Identifier: MIT */
#include "command/stats_errors.h"

#include "command/command.h"
#include "command/inspect/stats_folder.h"

#include <errno.h>
#include <string.h>

void mshim_stats_complain(const char *text) {
    mshim_message("%s", text);
}

int mshim_stats_failed(void) {
    const int error = errno;
    const char *const root = mshim_stats_root();
    if (!root) {
        mshim_message("%s", mshim_stats_root_refusal());
        return MSHIM_MISUSE;
    }
    mshim_message("cannot read the stats files in %s: %s", root, strerror(error));
    return MSHIM_NO;
}
