/* SPDX-License-Identifier: MIT */
#include "command/compare/arms.h"
#include "command/launch/elf_file.h"
#include "command/launch/preload.h"
#include "shared/options/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char accepted[] =
    "none, an allocator (mshim list), an allocator with +VARIABLE=VALUE, a path of a library";

static bool is_allocator(const char *name, size_t length) {
    const char *const *values = mshim_option_rows[MSHIM_OPTION_allocator].values;
    for (; *values; values++)
        if (strlen(*values) == length && strncmp(*values, name, length) == 0)
            return true;
    return false;
}

/* Does an arm begin here? */
static bool begins_arm(const char *text) {
    const size_t word = strcspn(text, ",+");
    return (word == 4 && strncmp(text, "none", 4) == 0) || is_allocator(text, word) || text[0] == '/' ||
           strncmp(text, "./", 2) == 0 || strncmp(text, "../", 3) == 0;
}

static bool is_name(const char *text, size_t length) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return length > 0 && strspn(text, letters) >= length && (text[0] < '0' || text[0] > '9');
}

/* How long the arm at `text` is: up to a comma behind which another begins, or up to the end. */
static size_t arm_length(const char *text) {
    const bool has_variables = text[strcspn(text, ",+")] == '+' && is_allocator(text, strcspn(text, ",+"));
    const char *at = text;
    do
        at += strcspn(at, ",");
    while (*at && has_variables && !begins_arm(at + 1) && at++);
    return (size_t)(at - text);
}

/* Of the MSHIM_* variables those that the comparison sets itself are left to it. */
static bool can_be_set(const char *name, const char *value, char *why, size_t size) {
    static const char *const allocators_own[] = {"MALLOC_", "MIMALLOC_", "GLIBC_TUNABLES"};
    if (strncmp(name, "MSHIM_", 6) != 0) {
        for (size_t i = 0; i < sizeof allocators_own / sizeof *allocators_own; i++)
            if (strncmp(name, allocators_own[i], strlen(allocators_own[i])) == 0)
                return true;
        snprintf(why, size,
                 "%s is no variable of an allocator; accepted: MSHIM_*, MALLOC_*, MIMALLOC_*, GLIBC_TUNABLES",
                 name);
        return false;
    }
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *const row = &mshim_option_rows[i];
        struct mshim_options options;
        char shown[80], values[MSHIM_REFUSAL_BYTES];
        if (strcmp(row->variable, name) != 0 || i == MSHIM_OPTION_allocator || i == MSHIM_OPTION_report)
            continue;
        mshim_options_default(&options);
        if (mshim_option_set(&options, row, value))
            return true;
        mshim_option_escape(shown, sizeof shown, value);
        mshim_option_accepted(values, sizeof values, row, false);
        snprintf(why, size, "%s=%s cannot be used; accepted: %s", name, shown, values);
        return false;
    }
    snprintf(why, size, "%s cannot be set by an arm", name);
    return false;
}

/* Takes "VARIABLE=VALUE+VARIABLE=VALUE" apart in place; a plus belongs to the value where no name and =
 * follow it. */
static bool read_variables(struct mshim_arm *arm, char *at, char *why, size_t size) {
    for (char *next; at; at = next) {
        char *const equals = strchr(at, '=');
        if (!equals || !is_name(at, (size_t)(equals - at))) {
            snprintf(why, size, "%s: VARIABLE=VALUE is wanted behind +", arm->name);
            return false;
        }
        for (next = strchr(equals, '+'); next; next = strchr(next + 1, '+')) {
            const size_t name = strcspn(next + 1, "=+");
            if (next[1 + name] == '=' && is_name(next + 1, name))
                break;
        }
        if (next)
            *next++ = 0;
        *equals = 0;
        if (!can_be_set(at, equals + 1, why, size))
            return false;
        *equals = '=';
        if (arm->set_count == MSHIM_ARM_VARIABLES) {
            snprintf(why, size, "%s sets more than %d variables", arm->name, MSHIM_ARM_VARIABLES);
            return false;
        }
        arm->set[arm->set_count++] = at;
    }
    return true;
}

static bool read_library(struct mshim_arm *arm, char *why, size_t size) {
    struct mshim_elf elf;
    struct mshim_library own;
    const int fd = realpath(arm->text, arm->library)
                       ? open(arm->library, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
                       : -1;
    if (fd < 0) {
        snprintf(why, size, "%s: %s", arm->text, strerror(errno));
        return false;
    }
    mshim_elf_read(fd, &elf);
    close(fd);
    const char *problem = NULL;
    if (elf.kind == MSHIM_ELF_OTHER)
        problem = "is for another machine";
    else if (!elf.is_library || elf.kind == MSHIM_ELF_NONE || elf.kind == MSHIM_ELF_BROKEN ||
             elf.interpreter[0])
        problem = "is no library that could be preloaded";
    else if (!mshim_preload_can_name(arm->library))
        problem = "cannot be preloaded: its path has a colon, white space or $ in it";
    else if (mshim_library_read(&own, arm->library))
        problem = "is the shim itself; name one of its allocators instead";
    if (problem)
        snprintf(why, size, "%s %s", arm->library, problem);
    return !problem;
}

static bool read_arm(struct mshim_arm *arm, char *why, size_t size) {
    char *const plus = strchr(arm->text, '+');
    const size_t word = strcspn(arm->text, "+");
    if (strcmp(arm->text, "none") == 0)
        return true;
    if (is_allocator(arm->text, word)) {
        arm->kind = MSHIM_ARM_SHIM;
        arm->allocator = arm->text;
        if (plus)
            *plus = 0;
        return !plus || read_variables(arm, plus + 1, why, size);
    }
    if (strchr(arm->text, '/')) {
        arm->kind = MSHIM_ARM_LIBRARY;
        return read_library(arm, why, size);
    }
    char shown[80];
    mshim_option_escape(shown, sizeof shown, arm->text);
    snprintf(why, size, "there is no arm %s; accepted: %s", *shown ? shown : "''", accepted);
    return false;
}

/* The name by which the arm is distinguished from others: "none-again", "none-again-2". */
static char *name_of(const struct mshim_arms *arms, const char *text) {
    char *name = NULL;
    size_t same = 0;
    for (size_t i = 0; i < arms->count; i++) {
        const char *const other = arms->arm[i].name;
        const size_t length = strlen(text);
        same += strncmp(other, text, length) == 0 &&
                (!other[length] || strncmp(other + length, "-again", 6) == 0);
    }
    const int length = same == 0   ? asprintf(&name, "%s", text)
                       : same == 1 ? asprintf(&name, "%s-again", text)
                                   : asprintf(&name, "%s-again-%zu", text, same);
    return length < 0 ? NULL : name;
}

bool mshim_arms_add(struct mshim_arms *arms, const char *list, char *why, size_t size) {
    for (;;) {
        const size_t length = arm_length(list);
        if (arms->count == MSHIM_ARMS) {
            snprintf(why, size, "there are more than %d arms", MSHIM_ARMS);
            return false;
        }
        struct mshim_arm *const arm = &arms->arm[arms->count];
        memset(arm, 0, sizeof *arm);
        arm->text = strndup(list, length);
        arm->name = arm->text ? name_of(arms, arm->text) : NULL;
        arms->count++;
        if (!arm->name) {
            snprintf(why, size, "%s", strerror(ENOMEM));
            return false;
        }
        if (!read_arm(arm, why, size))
            return false;
        if (!list[length])
            return true;
        list += length + 1;
    }
}

bool mshim_arms_default(struct mshim_arms *arms, char *why, size_t size) {
    if (!mshim_arms_add(arms, "none", why, size))
        return false;
    const char *const *values = mshim_option_rows[MSHIM_OPTION_allocator].values;
    for (; *values; values++)
        if (strcmp(*values, "system") != 0 && !mshim_arms_add(arms, *values, why, size))
            return false;
    return true;
}

void mshim_arms_free(struct mshim_arms *arms) {
    for (size_t i = 0; i < arms->count; i++) {
        free(arms->arm[i].name);
        free(arms->arm[i].text);
        free(arms->arm[i].counters);
    }
    arms->count = 0;
}
