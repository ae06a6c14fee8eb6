/* SPDX-License-Identifier: MIT */
#include "command/inspect/parts.h"

#include <stdio.h>
#include <string.h>

static bool is(const char *text, const char *word) {
    return strcmp(text, word) == 0;
}

static struct mshim_part part(const char *title, enum mshim_part_state state, const char *text) {
    struct mshim_part made = {.title = title, .state = state};
    snprintf(made.text, sizeof made.text, "%s", text);
    return made;
}

static struct mshim_part allocator(const struct mshim_marker *marker) {
    char text[80];
    const bool versioned = *marker->allocator_version && !is(marker->allocator_version, "-");
    snprintf(text, sizeof text, "%s%s%s", marker->allocator, versioned ? " " : "",
             versioned ? marker->allocator_version : "");
    return part("allocator", MSHIM_PART_ON, text);
}

/* What the library puts into python_why. */
static const char *objects_off_because(const char *why) {
    static const char *const reasons[][2] = {
        {"option", "MSHIM_PYTHON=off"},
        {"PYTHONMALLOC", "PYTHONMALLOC is set"},
        {"PYTHONDEVMODE", "PYTHONDEVMODE is set"},
        {"dev-mode", "Python was started in its development mode (-X dev)"},
        {"version", "this version of Python is not one that mshim knows"},
        {"free-threaded", "a free-threaded Python needs its own allocator for objects"},
        {"debug-build", "a debug build of Python needs its own allocator for objects"},
        {"already-initialized", "Python was initialized before the library was loaded"},
        {"no-address-range", "there is no address range left for them (ulimit -v)"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (is(why, reasons[i][0]))
            return reasons[i][1];
    return why;
}

static struct mshim_part objects(const struct mshim_marker *marker) {
    static const char title[] = "Python objects";
    if (is(marker->python, "on"))
        return part(title, MSHIM_PART_ON, "the shim's small-object allocator");
    if (is(marker->python, "allocator"))
        return part(title, MSHIM_PART_ON, "the selected allocator (MSHIM_PYTHON=allocator)");
    if (!*marker->python || is(marker->python_why, "no-python") || is(marker->python_why, "not-started"))
        return part(title, MSHIM_PART_NONE, "");
    return part(title, MSHIM_PART_OFF, objects_off_because(marker->python_why));
}

static struct mshim_part memory_functions(const struct mshim_marker *marker) {
    static const char title[] = "memory functions";
    if (is(marker->memfuncs, "on"))
        return part(title, MSHIM_PART_ON, "the shim's");
    if (!is(marker->libc, "musl") || !*marker->memfuncs)
        return part(title, MSHIM_PART_NONE, "");
    return part(title, MSHIM_PART_OFF, "MSHIM_MEMFUNCS=off");
}

static struct mshim_part counters(const struct mshim_marker *marker) {
    struct mshim_part made = part("counters", MSHIM_PART_ON, "");
    if (!mshim_marker_explain_stats(marker, made.text, sizeof made.text))
        made.state = MSHIM_PART_OFF;
    if (is(marker->stats, "off"))
        strcpy(made.text, "MSHIM_STATS=off");
    return made;
}

static struct mshim_part hardening(const struct mshim_marker *marker) {
    static const char title[] = "hardening";
    if (!*marker->harden)
        return part(title, MSHIM_PART_NONE, "");
    if (is(marker->harden, "off"))
        return part(title, MSHIM_PART_OFF, "MSHIM_HARDEN=off");
    return part(title, MSHIM_PART_ON, is(marker->harden, "on") ? "" : marker->harden);
}

void mshim_parts_make(struct mshim_part parts[MSHIM_PARTS], const struct mshim_marker *marker) {
    parts[MSHIM_PART_ALLOCATOR] = allocator(marker);
    parts[MSHIM_PART_OBJECTS] = objects(marker);
    parts[MSHIM_PART_MEMFUNCS] = memory_functions(marker);
    parts[MSHIM_PART_COUNTERS] = counters(marker);
    parts[MSHIM_PART_HARDENING] = hardening(marker);
}

bool mshim_parts_all_on(const struct mshim_part parts[MSHIM_PARTS]) {
    for (size_t i = 0; i < MSHIM_PARTS; i++)
        if (parts[i].state == MSHIM_PART_OFF)
            return false;
    return true;
}

void mshim_part_line(const struct mshim_part *part, char *line, size_t size) {
    snprintf(line, size, "%-16s  %s%s%s", part->title, part->state == MSHIM_PART_ON ? "on" : "off",
             *part->text ? ": " : "", part->text);
}
