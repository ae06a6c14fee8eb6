/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_ARMS_H
#define MSHIM_COMMAND_COMPARE_ARMS_H

/* What is compared: an arm is a way to start the command. */

#include "command/compare/runs.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { MSHIM_ARMS = 16, MSHIM_ARM_VARIABLES = 16, MSHIM_WHY_BYTES = 2 * PATH_MAX };

enum mshim_arm_kind {
    MSHIM_ARM_NONE,    /* no shim */
    MSHIM_ARM_SHIM,    /* the shim with one of its allocators */
    MSHIM_ARM_LIBRARY, /* another library preloaded */
};

struct mshim_arm {
    enum mshim_arm_kind kind;
    char *name;                           /* as it was given; "-again" behind it where it stands twice */
    char *text;                           /* what the following point into */
    const char *allocator;                /* of the shim */
    const char *set[MSHIM_ARM_VARIABLES]; /* "VARIABLE=VALUE" */
    size_t set_count;
    char library[PATH_MAX]; /* without links; of the shim: known when it is known on which libc the command
                               runs */
    char voided[MSHIM_WHY_BYTES]; /* why its runs mean nothing: a sentence without its full stop; "" if they
                                     do */
    size_t dropped_after;   /* so many turns: it is slower than the reference for certain; 0: not dropped */
    char *counters;         /* JSON of a run that was counted; NULL: there is none */
    struct mshim_run *runs; /* by turn */
};

struct mshim_arms {
    struct mshim_arm arm[MSHIM_ARMS]; /* the first is the reference */
    size_t count;
};

/*
 * Adds the arms of a list such as
 * "none,mimalloc,/usr/lib/libtcmalloc.so,jemalloc+MALLOC_CONF=narenas:1,tcache:false". A comma belongs to a
 * variable's value where no arm follows it. False with the reason in `why`.
 */
bool mshim_arms_add(struct mshim_arms *arms, const char *list, char *why, size_t size);

/* none, then every allocator that the shim brings. */
bool mshim_arms_default(struct mshim_arms *arms, char *why, size_t size);

void mshim_arms_free(struct mshim_arms *arms);

#endif
