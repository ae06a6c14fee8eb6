/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FRONTEND_TARGET_H
#define MSHIM_COMMAND_RELINK_FRONTEND_TARGET_H

/* The file that `mshim relink FILE` means. */

#include "command/relink/objects.h"

struct mshim_relink_target {
    struct mshim_objects objects; /* the program or library, and what it loads */
    struct mshim_object *object;  /* the one to relink */
    bool of_program;              /* it was found by a program, so that all that is loaded with it is known */
    bool on_musl;
};

/* `name` is a shared library, or a program, script or command, of which the libpython is meant. False, with
 * the reason, on failure. Call mshim_relink_target_drop even then. */
bool mshim_relink_target_find(struct mshim_relink_target *target, const char *name,
                              struct mshim_reason *reason);

/* False, with the reason, if some of a program's libraries are missing and cannot be compared. */
bool mshim_relink_target_is_whole(const struct mshim_relink_target *target, struct mshim_reason *reason);

void mshim_relink_target_drop(struct mshim_relink_target *target);

#endif
