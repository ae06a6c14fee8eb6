/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_JSON_H
#define MSHIM_COMMAND_COMPARE_JSON_H

/* A comparison as JSON: json.md has the format. */

#include "command/compare/comparison.h"
#include "command/compare/verdict.h"
#include "shared/report/json_writer.h"

/* Allocated, `*length` bytes without a NUL; NULL with errno set. */
char *mshim_comparison_json(const struct mshim_comparison *comparison, const struct mshim_sentences *verdict,
                            size_t *length);

/* For the parts of it: a number, nothing where it is not finite. */
void mshim_json_number(struct mshim_json *json, const char *name, double value);
void mshim_json_real(struct mshim_writer *writer, double value);

/* The object `machine`. */
void mshim_machine_json(struct mshim_json *json);

#endif
