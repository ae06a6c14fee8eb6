/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_STAT_H
#define MSHIM_COMMAND_STAT_H

#include "shared/report/report.h"

/* What `mshim stat` was asked for. */
struct mshim_stat {
    enum mshim_report_format format;
    uint64_t interval_ns; /* 0: once */
    bool all;
    const char *which; /* a process id or the path of a page file; NULL with `all` */
};

/* Both return the exit status. */
int mshim_stat_one(const struct mshim_stat *request);
int mshim_stat_all(const struct mshim_stat *request);

/* From here on Ctrl-C does not end the process but the waiting. */
void mshim_stat_begin_waiting(void);

/* Waits until the next of the readings that began at `began_ns` and are `interval_ns` apart. False: Ctrl-C.
 */
bool mshim_stat_wait(uint64_t began_ns, uint64_t interval_ns);

#endif
