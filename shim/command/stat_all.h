/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_STAT_ALL_H
#define MSHIM_COMMAND_STAT_ALL_H

#include "command/stat_request.h"

/* `mshim stat --all`. Returns the exit status. */
int mshim_stat_all(const struct mshim_stat_request *request);

#endif
