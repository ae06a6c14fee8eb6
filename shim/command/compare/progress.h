/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_PROGRESS_H
#define MSHIM_COMMAND_COMPARE_PROGRESS_H

/* The progress line on stderr: redrawn on a terminal, a plain line now and then elsewhere. */

#include <stdbool.h>
#include <stdint.h>

struct mshim_progress {
    bool terminal;
    uint64_t started_ns, shown_ns;
    char what[256];
    uint64_t end_ns; /* when it should be done; 0: not known */
};

void mshim_progress_start(struct mshim_progress *progress);

/* What is being done now; `left_seconds` below 0: not known. */
void mshim_progress_set(struct mshim_progress *progress, double left_seconds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* To be called now and then. */
void mshim_progress_show(struct mshim_progress *progress);

/* A line that stays. */
void mshim_progress_note(const struct mshim_progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Before anything else is written. */
void mshim_progress_clear(const struct mshim_progress *progress);

#endif
