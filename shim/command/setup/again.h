/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_SETUP_AGAIN_H
#define MSHIM_COMMAND_SETUP_AGAIN_H

/* Running a program and reading what it prints. */

#include <stddef.h>

/* The path by which this command can be started again. */
#define MSHIM_THIS_COMMAND "/proc/self/exe"

/*
 * Runs argv[0] with /dev/null as input, waits for its end and keeps the beginning of what it prints on stdout
 * and stderr. After `seconds` it is killed. Returns its exit status, 128 + N for a signal, -1 with errno
 * where it cannot be started. `preload`: the value of LD_PRELOAD for it; NULL leaves what there is.
 */
int mshim_run_and_read(char *const *argv, const char *preload, unsigned seconds, char *output, size_t size);

#endif
