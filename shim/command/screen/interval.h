/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_SCREEN_INTERVAL_H
#define MSHIM_COMMAND_SCREEN_INTERVAL_H

/* Doing something again and again, until Ctrl-C. */

#include <stdbool.h>
#include <stdint.h>

/* From here on Ctrl-C ends the waiting, not the process. */
void mshim_interval_begin(void);

/* Waits for the next of the times that are `interval_ns` apart, the first of which was `began_ns`
 * (mshim_now_ns). False: Ctrl-C. */
bool mshim_interval_wait(uint64_t began_ns, uint64_t interval_ns);

#endif
