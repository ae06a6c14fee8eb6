/* SPDX-License-Identifier: MIT */
#include "command/figures.h"

#include <mshim.h>
#include <stdio.h>

static struct mshim_figure figure(uint64_t number, unsigned step, const char *units) {
    struct mshim_figure out = {"-"};
    uint64_t whole = number, part = 0;
    if (number == MSHIM_ABSENT)
        return out;
    for (; whole >= step; units++) {
        part = whole % step;
        whole /= step;
    }
    if (*units == ' ')
        snprintf(out.text, sizeof out.text, "%u", (unsigned)whole);
    else if (whole < 10)
        snprintf(out.text, sizeof out.text, "%u.%u%c", (unsigned)whole, (unsigned)(part * 10 / step), *units);
    else
        snprintf(out.text, sizeof out.text, "%u%c", (unsigned)whole, *units);
    return out;
}

struct mshim_figure mshim_figure_bytes(uint64_t bytes) {
    return figure(bytes, 1024, " KMGTPE");
}

struct mshim_figure mshim_figure_count(uint64_t count) {
    return figure(count, 1000, " kMGTPE");
}
