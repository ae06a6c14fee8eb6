/* SPDX-License-Identifier: MIT */
#include "library/process/exit.h"

#include "library/process/report_file.h"
#include "library/process/state.h"
#include "library/process/stats_lifecycle.h"

void mshim_exit(void) {
    mshim_process.exiting = true;
    mshim_report_file_write(true);
    mshim_stats_lifecycle_end();
}

void mshim_exit_immediately(void) {
    mshim_report_file_write(false);
    mshim_stats_lifecycle_end();
}
