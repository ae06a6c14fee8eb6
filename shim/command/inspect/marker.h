/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_MARKER_H
#define MSHIM_COMMAND_INSPECT_MARKER_H

/* The status marker (mshim.h) of a process. What a process says of itself may be anything. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mshim_marker {
    bool found, active;
    bool library_mapped; /* some libmshim.so is, with or without a marker */
    bool stats_file_mapped;
    char version[32], libc[16], allocator[32], allocator_version[32], stats[8], why[64];
    char memfuncs[8], python[16], python_why[32], harden[8], thread_stack[24]; /* "" where it does not say */
    char stats_file[8], stats_file_why[64]; /* "none" and why, where there is no stats file */
};

/* Finds it in /proc/PID/maps. 0, or the error: ESRCH where there is no such process, EACCES or EPERM where it
 * may not be inspected. */
int mshim_process_marker(pid_t pid, struct mshim_marker *marker);

/* Reads a marker's name, "mshim,key=value,…", up to its end or to a blank. False if it is none. */
bool mshim_marker_parse(struct mshim_marker *marker, const char *name);

/* The same facts from a stats file, of a process that runs or not. */
struct mshim_stats;
void mshim_marker_of_stats(struct mshim_marker *marker, const struct mshim_stats *stats);

/* Why the shim is not active in a process that has a marker: a sentence without its full stop. */
void mshim_marker_explain_inactive(const struct mshim_marker *marker, char *why, size_t size);

/* Has a process in which the shim is active a stats file? If not, why: a sentence without its full stop. */
bool mshim_marker_explain_stats(const struct mshim_marker *marker, char *why, size_t size);

/* If a path of /proc/PID/maps leads to a stats file, the length of its folder's part; 0 if not. Of the file
 * itself, which was made without a name, the kernel does not know the name that it was given. */
size_t mshim_stats_folder_length(const char *path);

#endif
