/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_TREE_H
#define MSHIM_COMMAND_COMPARE_TREE_H

/* The processes below this one. It is to be their subreaper (PR_SET_CHILD_SUBREAPER): then those whose
 * parents have ended stay below it, whatever sessions and groups they put themselves into. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mshim_tree {
    pid_t *pids; /* parents before their children */
    size_t count, capacity;
};

/* Reads who is there now; what ends meanwhile may be missing or be gone. False without memory or /proc. */
bool mshim_tree_read(struct mshim_tree *tree);

/* Kills whoever is below this process now. How many those were. */
size_t mshim_tree_kill(void);

void mshim_tree_free(struct mshim_tree *tree);

#endif
