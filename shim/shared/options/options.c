/* SPDX-License-Identifier: MIT */
#include "shared/options/options.h"

#include <string.h>

enum { PATH_BYTES = 4096, FOLDER_BYTES = 1024 };

/* Lists of values, each ended by NULL. */
static const char *const allocators[] = {
#define MSHIM_ALLOCATOR(identifier, name, version, help) name,
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
    NULL};
static const char *const on_off[] = {"on", "off", NULL};
static const char *const off_on[] = {"off", "on", NULL};
static const char *const children[] = {"inherit", "drop", NULL};
static const char *const python_modes[] = {"on", "allocator", "off", NULL};

/* glibc's threads have 8 MiB anyway. */
#ifdef __GLIBC__
#define USUAL_THREAD_STACK NULL
#else
#define USUAL_THREAD_STACK "8M"
#endif

#define OFFSET(field) offsetof(struct mshim_options, field)

const struct mshim_option mshim_option_rows[] = {
#define MSHIM_CHOICE(field, variable, list, marker, help)                                                    \
    {variable, MSHIM_KIND_CHOICE, OFFSET(field), list, NULL, marker, help},
#define MSHIM_SWITCH(field, variable, usual, marker, help)                                                   \
    {variable, MSHIM_KIND_SWITCH, OFFSET(field), (usual) ? on_off : off_on, NULL, marker, help},
#define MSHIM_PATH(field, variable, accepted, marker, help)                                                  \
    {variable, MSHIM_KIND_PATH, OFFSET(field), NULL, accepted, marker, help},
#define MSHIM_FOLDER(field, variable, usual, accepted, marker, help)                                         \
    {variable, MSHIM_KIND_FOLDER, OFFSET(field), NULL, accepted, marker, help},
#define MSHIM_SIZE(field, variable, usual, accepted, marker, help)                                           \
    {variable, MSHIM_KIND_SIZE, OFFSET(field), NULL, accepted, marker, help},
#include "shared/options/options.def"
#undef MSHIM_CHOICE
#undef MSHIM_SWITCH
#undef MSHIM_PATH
#undef MSHIM_FOLDER
#undef MSHIM_SIZE
};

void mshim_options_default(struct mshim_options *options) {
#define MSHIM_CHOICE(field, variable, list, marker, help)            options->field = 0;
#define MSHIM_SWITCH(field, variable, usual, marker, help)           options->field = usual;
#define MSHIM_PATH(field, variable, accepted, marker, help)          options->field = NULL;
#define MSHIM_FOLDER(field, variable, usual, accepted, marker, help) options->field = usual;
#define MSHIM_SIZE(field, variable, usual, accepted, marker, help)   options->field = usual;
#include "shared/options/options.def"
#undef MSHIM_CHOICE
#undef MSHIM_SWITCH
#undef MSHIM_PATH
#undef MSHIM_FOLDER
#undef MSHIM_SIZE
}

/* Not a folder, and not longer than the kernel accepts. */
static bool is_usable_path(const char *value) {
    const size_t length = strnlen(value, PATH_BYTES);
    return length > 0 && length < PATH_BYTES && value[length - 1] != '/';
}

/* Absolute, as programs change their working directory. */
static bool is_folder_path(const char *value) {
    return value[0] == '/' && strnlen(value, FOLDER_BYTES) < FOLDER_BYTES;
}

bool mshim_size_bytes(const char *text, size_t *bytes) {
    static const char units[] = "KMG";
    size_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (size_t)(*at - '0'), &value))
            return false;
    if (at == text)
        return false;
    const char *unit = *at ? strchr(units, *at) : NULL;
    if (unit) {
        if (__builtin_mul_overflow(value, (size_t)1024 << (10 * (unit - units)), &value))
            return false;
        at++;
    }
    *bytes = value;
    return *at == 0;
}

static bool is_usable(enum mshim_option_kind kind, const char *value) {
    size_t bytes;
    switch (kind) {
    case MSHIM_KIND_PATH:
        return is_usable_path(value);
    case MSHIM_KIND_FOLDER:
        return is_folder_path(value);
    default:
        return mshim_size_bytes(value, &bytes);
    }
}

bool mshim_option_set(struct mshim_options *options, const struct mshim_option *row, const char *value) {
    void *const field = (char *)options + row->offset;
    if (!row->values) {
        if (!is_usable(row->kind, value))
            return false;
        *(const char **)field = value;
        return true;
    }
    unsigned index = 0;
    while (row->values[index] && strcmp(row->values[index], value) != 0)
        index++;
    if (!row->values[index])
        return false;
    if (row->kind == MSHIM_KIND_SWITCH)
        *(bool *)field = row->values[index][1] == 'n';
    else
        *(unsigned *)field = index;
    return true;
}

/* The value of a variable; NULL if it is not set or empty. */
static const char *value_of(const char *variable, const char *const *environment) {
    const size_t length = strlen(variable);
    for (; *environment; environment++)
        if (strncmp(*environment, variable, length) == 0 && (*environment)[length] == '=')
            return (*environment)[length + 1] ? *environment + length + 1 : NULL;
    return NULL;
}

void mshim_options_parse(struct mshim_options *options, const char *const *environment,
                         void (*refused)(const struct mshim_option *row, const char *value, void *context),
                         void *context) {
    mshim_options_default(options);
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *row = &mshim_option_rows[i];
        const char *value = value_of(row->variable, environment);
        if (value && !mshim_option_set(options, row, value) && refused)
            refused(row, value, context);
    }
}

const char *mshim_option_value(const struct mshim_options *options, const struct mshim_option *row) {
    const void *const field = (const char *)options + row->offset;
    switch (row->kind) {
    case MSHIM_KIND_CHOICE:
        return row->values[*(const unsigned *)field];
    case MSHIM_KIND_SWITCH:
        return *(const bool *)field ? "on" : "off";
    case MSHIM_KIND_PATH:
    case MSHIM_KIND_FOLDER:
    case MSHIM_KIND_SIZE:
        return *(const char *const *)field;
    }
    return NULL;
}
