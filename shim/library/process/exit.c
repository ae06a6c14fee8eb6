/* SPDX-License-Identifier: MIT */
#include "library/process/exit.h"

#include "library/process/report_file.h"
#include "library/process/stats_lifecycle.h"

void mshim_exit(void) {
    mshim_report_file_write();
    mshim_stats_lifecycle_end();
}
