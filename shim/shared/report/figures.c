/* SPDX-License-Identifier: MIT */
#include "shared/report/figures.h"

#include "shared/base/decimal.h"

#include <mshim.h>
#include <string.h>

/* "WHOLE.TENTH" and a unit; the tenth only below `tenth_below`. */
static struct mshim_figure figure(uint64_t whole, uint64_t tenth, uint64_t tenth_below, char unit) {
    struct mshim_figure out = {""};
    char digits[MSHIM_DECIMAL_BYTES];
    char *at = stpcpy(out.text, mshim_decimal(whole, digits));
    if (whole < tenth_below) {
        *at++ = '.';
        *at++ = (char)('0' + tenth);
    }
    *at++ = unit;
    *at = 0;
    return out;
}

static struct mshim_figure scaled(uint64_t number, unsigned step, const char *units) {
    uint64_t whole = number, part = 0;
    if (number == MSHIM_ABSENT)
        return (struct mshim_figure){"-"};
    for (; whole >= step; units++) {
        part = whole % step;
        whole /= step;
    }
    return *units ? figure(whole, part * 10 / step, 10, *units) : figure(whole, 0, 0, 0);
}

struct mshim_figure mshim_figure_bytes(uint64_t bytes) {
    static const char units[] = "\0KMGTPE";
    return scaled(bytes, 1024, units);
}

struct mshim_figure mshim_figure_count(uint64_t count) {
    static const char units[] = "\0kMGTPE";
    return scaled(count, 1000, units);
}

struct mshim_figure mshim_figure_percent(uint64_t thousandths) {
    if (thousandths == MSHIM_ABSENT)
        return (struct mshim_figure){"-"};
    return figure(thousandths / 10 % 1000, thousandths % 10, 1000, 0);
}
