/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_PARTS_H
#define MSHIM_COMMAND_INSPECT_PARTS_H

/* What the shim does in a process, part by part: what is on, what is off, and why. */

#include "command/inspect/marker.h"

enum mshim_part_name {
    MSHIM_PART_ALLOCATOR,
    MSHIM_PART_OBJECTS,
    MSHIM_PART_MEMFUNCS,
    MSHIM_PART_COUNTERS,
    MSHIM_PART_HARDENING,
    MSHIM_PARTS
};

enum mshim_part_state {
    MSHIM_PART_ON,
    MSHIM_PART_OFF,
    MSHIM_PART_NONE /* not applicable: no Python in the process, a libc that needs no memory functions */
};

struct mshim_part {
    const char *title; /* "memory functions" */
    enum mshim_part_state state;
    char text[256]; /* what it is, or why it is off; "" where there is nothing to say */
};

/* Of a process in which the shim is active. */
void mshim_parts_make(struct mshim_part parts[MSHIM_PARTS], const struct mshim_marker *marker);

/* Is everything on that is applicable? */
bool mshim_parts_all_on(const struct mshim_part parts[MSHIM_PARTS]);

/* "Python objects    off: PYTHONMALLOC is set" */
void mshim_part_line(const struct mshim_part *part, char *line, size_t size);

#endif
