/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMPARE_JSON_H
#define MSHIM_COMPARE_JSON_H

/* A comparison as JSON: json.md has the format. */

#include "compare/comparison.h"
#include "compare/verdict.h"
#include "report/writer.h"

/* Allocated, `*length` bytes without a NUL; NULL with errno set. */
char *mshim_comparison_json(const struct mshim_comparison *comparison, const struct mshim_sentences *verdict,
                            size_t *length);

/* What the parts of it are written with: an object or a list that begins with the next member. */
struct mshim_json {
    struct mshim_writer *writer;
    const char *separator;
};

void mshim_json_key(struct mshim_json *json, const char *name);
void mshim_json_string(struct mshim_json *json, const char *name, const char *value);
/* Nothing where it is not finite. */
void mshim_json_number(struct mshim_json *json, const char *name, double value);
void mshim_json_real(struct mshim_writer *writer, double value);

/* The object `machine`. */
void mshim_machine_json(struct mshim_json *json);

#endif
