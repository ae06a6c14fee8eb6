/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_PROCESS_H
#define MSHIM_COMMAND_INSPECT_PROCESS_H

/* What /proc tells of another process. It may end or exec at any time, and what it says of itself may be
 * anything. */

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* The status marker (mshim.h) found in a process. */
struct mshim_marker {
    bool found, served;
    bool library_mapped; /* some libmshim.so is, with or without a marker */
    bool stats_file_mapped;
    char version[32], libc[16], allocator[32], allocator_version[32], stats[8], why[64];
    char stats_file[8], stats_file_why[64]; /* "none" and why, where there is no stats file */
};

/* 0, or the error: ESRCH where there is no such process, EACCES or EPERM where it may not be looked at. */
int mshim_process_marker(pid_t pid, struct mshim_marker *marker);

/* Reads a marker's name, "mshim,key=value,…", up to its end or to a blank. False if it is none. */
bool mshim_marker_parse(struct mshim_marker *marker, const char *name);

/* Why there is no marker in a process: a sentence without its full stop. */
void mshim_process_explain(pid_t pid, const struct mshim_marker *marker, char *why, size_t size);

/* If a path of /proc/PID/maps leads to a page of live counters, the length of its folder's part; 0 if not. Of
 * the file itself, which was made without a name, the kernel does not know the name that it was given. */
size_t mshim_stats_folder_length(const char *path);

/* Has a process that is served a page of live counters? If not, why: a sentence without its full stop. */
bool mshim_marker_explain_stats(const struct mshim_marker *marker, char *why, size_t size);

/* Reads a process id: a decimal number from 1 on. */
bool mshim_pid_parse(const char *text, pid_t *pid);

/* Its name as the kernel has it; "?" where it is not known. */
void mshim_process_name(pid_t pid, char name[32]);

#endif
