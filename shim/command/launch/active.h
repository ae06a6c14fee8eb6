/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_ACTIVE_H
#define MSHIM_COMMAND_LAUNCH_ACTIVE_H

#include "command/launch/flavour.h"

#include <stddef.h>

/*
 * Would the shim be active in a program that is started with this value of LD_PRELOAD (NULL: it is not set)?
 * `program` is the libc that it runs on; MSHIM_NO_FLAVOUR where that is not known. Then *library is filled
 * in. If not, why: a sentence without its full stop.
 */
bool mshim_preload_is_active(const char *list, enum mshim_flavour program, struct mshim_library *library,
                             char *why, size_t size);

#endif
