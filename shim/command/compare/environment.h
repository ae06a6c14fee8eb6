/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_ENVIRONMENT_H
#define MSHIM_COMMAND_COMPARE_ENVIRONMENT_H

#include "command/compare/arms.h"

/*
 * The environment for an arm: the one given less MSHIM_* and less every libmshim.so in LD_PRELOAD, then what
 * the arm sets; with `report`, a path, also counted and reported there (what is no arm of the shim's own then
 * by its allocator `system`, from `counter`, the shim's library). `arm` may be NULL: nothing is set.
 * Allocated, to be freed by mshim_environment_free; NULL without memory.
 */
char **mshim_environment_make(const struct mshim_arm *arm, char *const *environment, const char *report,
                              const char *counter);
void mshim_environment_free(char **environment);

#endif
