/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_OPTIONS_OPTIONS_H
#define MSHIM_SHARED_OPTIONS_OPTIONS_H

/*
 * The MSHIM_* environment variables. options.def has a row for each, of which the struct, the parser and all lists are
 * made. Allocates nothing and calls only string functions of libc, since the library parses its environment before libc
 * is initialised.
 */

#include "shared/base/attributes.h"

#include <stdbool.h>
#include <stddef.h>

/* The values of MSHIM_ALLOCATOR: MSHIM_ALLOCATOR_mimalloc, … */
enum mshim_allocator_index {
#define MSHIM_ALLOCATOR(identifier, name, version, help) MSHIM_ALLOCATOR_##identifier,
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
    MSHIM_ALLOCATORS
};

/* The values of MSHIM_CHILDREN. */
enum mshim_children { MSHIM_CHILDREN_INHERIT, MSHIM_CHILDREN_DROP };

/* The values in force. Strings point into the environment that was parsed. */
struct mshim_options {
#define MSHIM_CHOICE(field, variable, list, marker, help)            unsigned field;
#define MSHIM_SWITCH(field, variable, usual, marker, help)           bool field;
#define MSHIM_PATH(field, variable, accepted, marker, help)          const char *field;
#define MSHIM_FOLDER(field, variable, usual, accepted, marker, help) const char *field;
#define MSHIM_SIZE(field, variable, usual, accepted, marker, help)   const char *field;
#include "shared/options/options.def"
#undef MSHIM_CHOICE
#undef MSHIM_SWITCH
#undef MSHIM_PATH
#undef MSHIM_FOLDER
#undef MSHIM_SIZE
};

/* The index of each row: MSHIM_OPTION_allocator, … */
enum mshim_option_index {
#define MSHIM_CHOICE(field, variable, list, marker, help)            MSHIM_OPTION_##field,
#define MSHIM_SWITCH(field, variable, usual, marker, help)           MSHIM_OPTION_##field,
#define MSHIM_PATH(field, variable, accepted, marker, help)          MSHIM_OPTION_##field,
#define MSHIM_FOLDER(field, variable, usual, accepted, marker, help) MSHIM_OPTION_##field,
#define MSHIM_SIZE(field, variable, usual, accepted, marker, help)   MSHIM_OPTION_##field,
#include "shared/options/options.def"
#undef MSHIM_CHOICE
#undef MSHIM_SWITCH
#undef MSHIM_PATH
#undef MSHIM_FOLDER
#undef MSHIM_SIZE
    MSHIM_OPTIONS
};

enum mshim_option_kind {
    MSHIM_KIND_CHOICE,
    MSHIM_KIND_SWITCH,
    MSHIM_KIND_PATH,
    MSHIM_KIND_FOLDER,
    MSHIM_KIND_SIZE
};

struct mshim_option {
    const char *variable; /* "MSHIM_ALLOCATOR" */
    enum mshim_option_kind kind;
    size_t offset;             /* of its field in struct mshim_options */
    const char *const *values; /* of a choice or switch, the default first, ended by NULL; NULL for others */
    const char *accepted;      /* for people; NULL for a choice or switch */
    bool in_marker;
    const char *help; /* whole sentences */
};

extern MSHIM_HIDDEN const struct mshim_option mshim_option_rows[];
enum { mshim_option_count = MSHIM_OPTIONS };

/* Parses "512K", "8M", "1G" or a number of bytes. */
bool mshim_size_bytes(const char *text, size_t *bytes);

void mshim_options_default(struct mshim_options *options);

/*
 * Sets all of `*options` from an environment, which ends with NULL. An empty variable counts as not set; if one occurs
 * twice, the first counts, as for getenv. For an invalid value `refused` is called (unless it is NULL), and the default
 * stays.
 */
void mshim_options_parse(struct mshim_options *options, const char *const *environment,
                         void (*refused)(const struct mshim_option *row, const char *value, void *context),
                         void *context);

/* Sets one option. False, and nothing changes, for an invalid value; an empty one is invalid. */
bool mshim_option_set(struct mshim_options *options, const struct mshim_option *row, const char *value);

/* The value in force as text; NULL if it is not set and has no default. */
const char *mshim_option_value(const struct mshim_options *options, const struct mshim_option *row);

/* Writes what is accepted, the default first: "on, off"; for a path "unset" is that default, if asked for. What does not
 * fit is left out. Returns the length, below `size`. */
size_t mshim_option_accepted(char *buffer, size_t size, const struct mshim_option *row, bool with_default);

/*
 * Writes the line about an invalid value, with its newline:
 *
 *     mshim: MSHIM_STATS=foo cannot be used; accepted: on, off; going on with on
 *
 * The part after the last semicolon only if `going_on`. The value is escaped and truncated. Returns the length, below
 * `size`; MSHIM_REFUSAL_BYTES suffice for every row.
 */
enum { MSHIM_REFUSAL_BYTES = 512 };
size_t mshim_option_refusal(char *buffer, size_t size, const struct mshim_option *row, const char *value,
                            bool going_on);

/* Writes `value` as printable ASCII: other bytes and backslashes as \xNN, and "..." at the end if it does not fit. Returns
 * the length, below `size`, which must be at least 4. */
size_t mshim_option_escape(char *buffer, size_t size, const char *value);

#endif
