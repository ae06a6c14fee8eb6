/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_OPTIONS_OPTIONS_H
#define MSHIM_SHARED_OPTIONS_OPTIONS_H

/*
 * The MSHIM_* variables: options.def has a row for each, from which the struct, the parser and every list are
 * made. Takes nothing from libc but string functions and allocates nothing; the library reads its environment
 * with it before libc is ready.
 */

#include <stdbool.h>
#include <stddef.h>

/* Index of each allocator among the values of MSHIM_ALLOCATOR: MSHIM_ALLOCATOR_mimalloc, … */
enum mshim_allocator_index {
#define MSHIM_ALLOCATOR(identifier, name, version, help) MSHIM_ALLOCATOR_##identifier,
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
    MSHIM_ALLOCATORS
};

/* Index of the values of MSHIM_CHILDREN. */
enum mshim_children { MSHIM_CHILDREN_INHERIT, MSHIM_CHILDREN_DROP };

/* The values in force. What is a path points into the environment that was read. */
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

/* Index of each row: MSHIM_OPTION_allocator, … */
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
    size_t offset; /* of its field in struct mshim_options */
    const char *const
        *values;          /* of a choice or switch, the default first, NULL at the end; NULL for a path */
    const char *accepted; /* of a path, for people; NULL for lists */
    bool in_marker;
    const char *help; /* whole sentences */
};

extern const struct mshim_option mshim_option_rows[] __attribute__((visibility("hidden")));
enum { mshim_option_count = MSHIM_OPTIONS };

/* Reads "512K", "8M", "1G" or a number of bytes. False for anything else. */
bool mshim_size_bytes(const char *text, size_t *bytes);

void mshim_options_default(struct mshim_options *options);

/*
 * Sets all of `*options` from an environment that ends with NULL. A variable that is empty counts as not set;
 * of one that is there twice the first is taken, as getenv does. For a value that cannot be used `refused` is
 * called (unless it is NULL) and the default stays.
 */
void mshim_options_parse(struct mshim_options *options, const char *const *environment,
                         void (*refused)(const struct mshim_option *row, const char *value, void *context),
                         void *context);

/* Sets one option. False, and nothing is changed, for a value that cannot be used (an empty one is such
 * here). */
bool mshim_option_set(struct mshim_options *options, const struct mshim_option *row, const char *value);

/* The value in force as text; NULL for a path that is not set. */
const char *mshim_option_value(const struct mshim_options *options, const struct mshim_option *row);

/* What is accepted, the default first: "on, off"; of a path that default ("unset") only where it is asked
 * for. Returns the length, always below `size`. */
size_t mshim_option_accepted(char *buffer, size_t size, const struct mshim_option *row, bool with_default);

/*
 * The line about a value that cannot be used, with its newline:
 *
 *     mshim: MSHIM_ALLOCATOR=foo cannot be used; accepted: mimalloc, jemalloc, mallocng, system; going on
 * with mimalloc
 *
 * Without what follows the last semicolon where the default is not `going_on`. The value is shortened and
 * escaped. Returns the length, always below `size`; MSHIM_REFUSAL_BYTES are enough for every row.
 */
enum { MSHIM_REFUSAL_BYTES = 512 };
size_t mshim_option_refusal(char *buffer, size_t size, const struct mshim_option *row, const char *value,
                            bool going_on);

/* Writes `value`, whatever it is, as at most `size` - 1 printable ASCII characters and a NUL: other bytes and
 * backslashes as \xNN, "..." where something was left out. Returns the length. `size` is 4 at least. */
size_t mshim_option_escape(char *buffer, size_t size, const char *value);

#endif
