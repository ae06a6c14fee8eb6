/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_JSON_NUMBER_H
#define MSHIM_COMMAND_COMPARE_JSON_NUMBER_H

/* Numbers that need not be whole, as JSON. */

#include "shared/report/json_writer.h"

/* A member; nothing where the value is not finite. */
void mshim_json_number(struct mshim_json *json, const char *name, double value);

/* The value alone, which is finite. */
void mshim_json_number_value(struct mshim_writer *writer, double value);

#endif
