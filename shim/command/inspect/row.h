/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_ROW_H
#define MSHIM_COMMAND_INSPECT_ROW_H

/* A process as a row of a table: `mshim top`, `mshim stat --all` and what `-i` shows. Where a report has no
 * rates, what stands under "/s" is the mean since the start. */

#include "shared/report/rates.h"

enum mshim_column {
    MSHIM_COLUMN_PID,
    MSHIM_COLUMN_STATE,
    MSHIM_COLUMN_SHARE,
    MSHIM_COLUMN_LIVE,
    MSHIM_COLUMN_RETAINED,
    MSHIM_COLUMN_RSS,
    MSHIM_COLUMN_FAULTS,
    MSHIM_COLUMN_CALLS,
    MSHIM_COLUMN_SIZE,
    MSHIM_COLUMN_PROGRAM,
    MSHIM_COLUMNS
};

enum { MSHIM_ROW_BYTES = 512 };

/* One line of at most `columns` characters, without a newline. The title marks `sorted` unless it is
 * MSHIM_COLUMNS. */
void mshim_row_title(char line[MSHIM_ROW_BYTES], enum mshim_column sorted, unsigned columns);
void mshim_row_write(char line[MSHIM_ROW_BYTES], const struct mshim_report *report, unsigned columns);

/* Below 0 where `a` comes first: the largest first, what is absent last; texts and ids upwards. */
int mshim_row_compare(const struct mshim_report *a, const struct mshim_report *b, enum mshim_column column);

#endif
