/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_VARIABLES_H
#define MSHIM_COMMAND_LAUNCH_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

/* Variables of an environment that look like one of mshim's and are none, one a line: "MSHIM_ALOCATOR means
 * nothing to mshim: did you mean MSHIM_ALLOCATOR?". Returns how many there are. */
size_t mshim_variables_misspelt(const char *const *environment, char *text, size_t size);

#endif
