/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_FIRST_H
#define MSHIM_LIBRARY_PROCESS_FIRST_H

/*
 * The first process of a tree: the one in which no mark MSHIM_FIRST=<pid> is found. It leaves the mark in its
 * environment, so that it still is the first after exec and its children are not. The mark is the one change
 * to the environment that a program sees.
 */

#include <stdbool.h>

enum mshim_first {
    MSHIM_NOT_FIRST,
    MSHIM_FIRST_AGAIN, /* after exec */
    MSHIM_FIRST_NOW,   /* no mark yet */
};

enum mshim_first mshim_first_read(const char *const *environment);

/* Puts the mark of this process into `environ`; allocates by mmap. Without memory there is no mark. */
void mshim_first_mark(void);

#endif
