/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_OUTLOOK_H
#define MSHIM_COMMAND_COMPARE_OUTLOOK_H

/* What more time would bring to a comparison that ended before everything was known. */

#include "command/compare/comparison.h"

enum { MSHIM_OUTLOOK_BYTES = 256 };

/* A sentence without its full stop; empty where nothing is left to be known. */
void mshim_outlook_make(char text[MSHIM_OUTLOOK_BYTES], const struct mshim_comparison *comparison);

#endif
