/* SPDX-License-Identifier: MIT */
#include "command/compare/environment.h"
#include "command/launch/preload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct variables {
    char **list; /* ends with NULL */
    size_t count, capacity;
    bool failed; /* there was no memory */
};

static void append(struct variables *variables, char *variable) {
    if (!variable || variables->failed || variables->count + 1 >= variables->capacity) {
        variables->failed = true;
        free(variable);
        return;
    }
    variables->list[variables->count++] = variable;
    variables->list[variables->count] = NULL;
}

static void set(struct variables *variables, const char *name, const char *value) {
    char *variable = NULL;
    if (asprintf(&variable, "%s=%s", name, value) < 0)
        variable = NULL;
    append(variables, variable);
}

/* Is it set by the arm, or to be taken away from every arm? */
static bool is_replaced(const struct mshim_arm *arm, const char *variable) {
    if (strncmp(variable, "MSHIM_", 6) == 0 || strncmp(variable, "LD_PRELOAD=", 11) == 0)
        return true;
    const size_t name = strcspn(variable, "=") + 1;
    for (size_t i = 0; arm && i < arm->set_count; i++)
        if (strncmp(arm->set[i], variable, name) == 0)
            return true;
    return false;
}

/* LD_PRELOAD as it was, less our library; with `first` (may be NULL) and then `second` (may be NULL) in
 * front. */
static void set_preload(struct variables *variables, const char *was, const char *first, const char *second) {
    char *const behind = mshim_preload_with(second ? second : "", was);
    char *const whole = behind && first ? mshim_preload_with(first, behind) : NULL;
    const char *list = first ? whole : behind;
    if (!list)
        variables->failed = true;
    else if (list[strspn(list, ":")])
        set(variables, "LD_PRELOAD", list + strspn(list, ":"));
    free(behind);
    free(whole);
}

static const char *value_of(char *const *environment, const char *name) {
    const size_t length = strlen(name);
    for (; *environment; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

char **mshim_environment_make(const struct mshim_arm *arm, char *const *environment, const char *report,
                              const char *counter) {
    struct variables variables = {.capacity = MSHIM_ARM_VARIABLES + 8};
    for (char *const *at = environment; *at; at++)
        variables.capacity++;
    variables.list = calloc(variables.capacity, sizeof *variables.list);
    if (!variables.list)
        return NULL;
    for (char *const *at = environment; *at; at++)
        if (!is_replaced(arm, *at))
            append(&variables, strdup(*at));
    const bool is_shim = arm && arm->kind == MSHIM_ARM_SHIM;
    const char *const library = arm && arm->library[0] ? arm->library : NULL;
    const bool counted_from_outside = report && !is_shim;
    set_preload(&variables, value_of(environment, "LD_PRELOAD"), counted_from_outside ? counter : library,
                counted_from_outside ? library : NULL);
    if (is_shim || report)
        set(&variables, "MSHIM_ALLOCATOR", is_shim ? arm->allocator : "system");
    bool stats_set = false;
    for (size_t i = 0; arm && i < arm->set_count; i++) {
        const bool stats = strncmp(arm->set[i], "MSHIM_STATS=", 12) == 0;
        stats_set |= stats;
        if (!stats || !report)
            append(&variables, strdup(arm->set[i]));
    }
    if (report)
        set(&variables, "MSHIM_REPORT", report);
    else if (is_shim && !stats_set)
        set(&variables, "MSHIM_STATS", "off");
    if (!variables.failed)
        return variables.list;
    mshim_environment_free(variables.list);
    return NULL;
}

void mshim_environment_free(char **environment) {
    for (char **at = environment; at && *at; at++)
        free(*at);
    free(environment);
}
