/* SPDX-License-Identifier: MIT */
#include "command/compare/json_number.h"

#include <math.h>
#include <stdio.h>

void mshim_json_number_value(struct mshim_writer *writer, double value) {
    char text[32];
    const bool is_whole = fabs(value) < 1e15 && value == floor(value);
    snprintf(text, sizeof text, is_whole ? "%.0f" : "%.9g", value);
    mshim_write_text(writer, text);
}

void mshim_json_number(struct mshim_json *json, const char *name, double value) {
    if (!isfinite(value))
        return;
    mshim_json_key(json, name);
    mshim_json_number_value(json->writer, value);
}
