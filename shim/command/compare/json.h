/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_JSON_H
#define MSHIM_COMMAND_COMPARE_JSON_H

/* A comparison as JSON: json.md has the format. */

#include "command/compare/comparison.h"
#include "command/compare/verdict.h"

/* Allocated, `*length` bytes without a NUL; NULL with errno set. */
char *mshim_comparison_json(const struct mshim_comparison *comparison,
                            const struct mshim_verdict_text *verdict, size_t *length);

#endif
