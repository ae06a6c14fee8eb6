/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_SCREEN_TERMINAL_H
#define MSHIM_COMMAND_SCREEN_TERMINAL_H

/* The terminal as a screen of its own: keys without Enter, no echo, and everything as it was before at the
 * end, whatever the end is. */

#include <stdbool.h>
#include <stddef.h>

enum mshim_event {
    MSHIM_EVENT_TIME, /* nothing came */
    MSHIM_EVENT_KEY,
    MSHIM_EVENT_REDRAW, /* another size, or back from being stopped */
    MSHIM_EVENT_END,    /* a signal asks for it, or the terminal is gone */
};

/* Arrows, as keys beside the characters. */
enum { MSHIM_KEY_UP = 256, MSHIM_KEY_DOWN, MSHIM_KEY_RIGHT, MSHIM_KEY_LEFT };

struct mshim_size {
    unsigned rows, columns;
};

/* Takes the terminal that is stdin and stdout. False where they are none. */
bool mshim_terminal_begin(void);

/* 80 columns and 24 rows where the terminal does not say. */
struct mshim_size mshim_terminal_size(void);

/* Shows a frame from the upper left; what was there is cleared. The last line has no newline. */
void mshim_terminal_show(const char *frame);

/* Waits for at most that long. */
enum mshim_event mshim_terminal_wait(unsigned milliseconds, int *key);

/* Gives the terminal back. Where SIGTERM or SIGHUP asked for the end, that signal ends the process now. */
void mshim_terminal_end(void);

#endif
