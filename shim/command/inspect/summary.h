/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_SUMMARY_H
#define MSHIM_COMMAND_INSPECT_SUMMARY_H

#include "command/inspect/stats_report.h"
#include "shared/base/writer.h"

/* A process on one screen: who it is, what the shim does in it, what its counters say in words, and the sizes that it
 * asks for. `stats` is what the report was made of. */
void mshim_summary_write(struct mshim_writer *writer, const struct mshim_report *report,
                         const struct mshim_stats *stats);

#endif
