/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_SEARCH_H
#define MSHIM_COMMAND_LAUNCH_SEARCH_H

#include <limits.h>

/* Finds a command as execvp does. Returns 0 with its path in `file`, or the error that execvp would fail
 * with. */
int mshim_search(char file[PATH_MAX], const char *command, const char *path);

/* 0 if the file could be executed by its kind and mode, else the error. */
int mshim_executable(const char *file);

/* Why the loader would ignore LD_PRELOAD in this program when the present user starts it; NULL if it would
 * not. */
const char *mshim_secure_because(const char *file);

#endif
