/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_STAT_REQUEST_H
#define MSHIM_COMMAND_STAT_REQUEST_H

#include "shared/report/write.h"

/* What `mshim stat` was asked for. */
struct mshim_stat_request {
    enum mshim_report_format format;
    uint64_t interval_ns; /* 0: once */
    bool all, verbose;
    const char *which; /* a process id or the path of a stats file; NULL with `all` */
};

/* Reads the arguments; flags may stand before and after what is to be read. False: the exit status is in
 * *status. */
bool mshim_stat_request_read(struct mshim_stat_request *request, int argc, char **argv, int *status);

#endif
