/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_FIGURES_H
#define MSHIM_SHARED_REPORT_FIGURES_H

/* Numbers for people: at most five characters, "-" for MSHIM_ABSENT. */

#include <stdint.h>

struct mshim_figure {
    char text[8];
};

/* "512", "1.5K", "27M": powers of 1024. */
struct mshim_figure mshim_figure_bytes(uint64_t bytes);

/* "512", "1.5k", "27M": powers of 1000. */
struct mshim_figure mshim_figure_count(uint64_t count);

/* "12.3", for thousandths. */
struct mshim_figure mshim_figure_percent(uint64_t thousandths);

#endif
