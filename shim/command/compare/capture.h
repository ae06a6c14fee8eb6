/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_CAPTURE_H
#define MSHIM_COMMAND_COMPARE_CAPTURE_H

/* The last that a process wrote to a pipe, and whether a text came by. */

#include <stdbool.h>
#include <stddef.h>

enum { MSHIM_CAPTURE_BYTES = 65536, MSHIM_CAPTURE_TEXT_BYTES = 1024 };

struct mshim_capture {
    size_t used;
    bool cut;                            /* what came first is gone */
    char bytes[MSHIM_CAPTURE_BYTES + 1]; /* ends with a NUL */
};

/* Reads what a descriptor that does not block has. False at its end. */
bool mshim_capture_read(struct mshim_capture *capture, int fd);

/* Is `text` in what is kept? A text of up to MSHIM_CAPTURE_TEXT_BYTES is seen if it is looked for after every
 * read.
 */
bool mshim_capture_has(const struct mshim_capture *capture, const char *text);

#endif
