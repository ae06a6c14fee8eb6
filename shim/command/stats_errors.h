/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_STATS_ERRORS_H
#define MSHIM_COMMAND_STATS_ERRORS_H

/* What the subcommands that read stats files say where they cannot. */

/* A message about a file or folder that was left out. */
void mshim_stats_complain(const char *text);

/* A message, by errno, why there is nothing to be read in MSHIM_DIR. Returns the exit status. */
int mshim_stats_failed(void);

#endif
