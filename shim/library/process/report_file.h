/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_REPORT_FILE_H
#define MSHIM_LIBRARY_PROCESS_REPORT_FILE_H

#include <stdbool.h>

/* The report at exit (MSHIM_REPORT): where it goes, and its one writing. */

/* Remembers where it goes: a relative path is meant from the folder that the process was started in. */
void mshim_report_file_start(void);

/* Writes it, where this process is one that writes a report and has not done so; never in a sandbox, where a
 * file could not be opened. `may_wait`: for locks that an interrupted thread might hold. Allocates nothing,
 * keeps errno. */
void mshim_report_file_write(bool may_wait);

/* In a forked child: its report is its own, and still to come. */
void mshim_report_file_fork_child(void);

/* In a child of _Fork: it has none. */
void mshim_report_file_drop(void);

#endif
