/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FRONTEND_TARGET_H
#define MSHIM_COMMAND_RELINK_FRONTEND_TARGET_H

/* What file `mshim relink FILE` means. */

#include "command/relink/objects.h"

struct mshim_relink_target {
    struct mshim_objects objects; /* the program or the library, and what comes with it */
    struct mshim_object *object;  /* the one to be relinked */
    bool of_program;              /* it was found by a program, which tells all that is loaded with it */
    bool on_musl;
};

/* `name` is a shared library, or a program, a script or a command, whose libpython is looked for. False, with
 * the reason; mshim_relink_target_drop is to be called either way. */
bool mshim_relink_target_find(struct mshim_relink_target *target, const char *name,
                              struct mshim_reason *reason);
/* False, with the reason, where a program's libraries are not all there to be compared. */
bool mshim_relink_target_is_whole(const struct mshim_relink_target *target, struct mshim_reason *reason);

void mshim_relink_target_drop(struct mshim_relink_target *target);

#endif
