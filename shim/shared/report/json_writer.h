/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_JSON_WRITER_H
#define MSHIM_SHARED_REPORT_JSON_WRITER_H

/* Writes JSON, member by member. The caller closes brackets and braces. */

#include "shared/base/writer.h"

/* An object or a list that is being written. */
struct mshim_json {
    struct mshim_writer *writer;
    const char *separator; /* before the next member */
    const char *between;   /* before those after it */
};

/* Writes nothing: the opening bracket is the caller's. */
struct mshim_json mshim_json_new(struct mshim_writer *writer);
/* To be called before each member of a list. */
void mshim_json_next(struct mshim_json *list);
void mshim_json_key(struct mshim_json *object, const char *name);
void mshim_json_string(struct mshim_json *object, const char *name, const char *value);
/* A member that is an object or list; writes its opening `bracket`. */
struct mshim_json mshim_json_begin(struct mshim_json *object, const char *name, const char *bracket);

#endif
