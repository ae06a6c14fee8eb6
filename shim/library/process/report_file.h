/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_REPORT_FILE_H
#define MSHIM_LIBRARY_PROCESS_REPORT_FILE_H

/* The report at exit (MSHIM_REPORT): where it goes, and its one writing. */

/* Remembers where it goes: a relative path is meant from the folder that the process was started in. */
void mshim_report_file_start(void);

/* Writes it, where this process is one that writes a report and has not done so. Allocates nothing, keeps
 * errno. */
void mshim_report_file_write(void);

/* In a forked child: its report is its own, and still to come. */
void mshim_report_file_fork_child(void);

#endif
