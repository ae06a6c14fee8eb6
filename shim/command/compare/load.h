/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_LOAD_H
#define MSHIM_COMMAND_COMPARE_LOAD_H

/* What a load generator says of itself. wrk's words are understood, its latencies where it was started with
 * --latency. */

#include "command/compare/runs.h"

/* Fills in requests per second, latencies and failed requests as far as `output` has them. */
void mshim_load_read(double values[MSHIM_MEASURES], const char *output);

#endif
