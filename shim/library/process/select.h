/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_SELECT_H
#define MSHIM_LIBRARY_PROCESS_SELECT_H

/*
 * Reads the options and selects the allocator, once: at the first call that needs one, or in the constructor,
 * whichever comes first. Allocates nothing before the allocator's own start; keeps errno. What must wait for
 * a working libc is left to the constructor.
 */
void mshim_start(void);

#endif
