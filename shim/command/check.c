/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/inspect/process.h"
#include "command/launch/plan.h"
#include "command/launch/preload.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int no(const char *what, const char *why) {
    mshim_print("not active%s: %s", what, why);
    return MSHIM_NO;
}

/* Checks the MSHIM_* variables and prints what would serve. */
static int would_be(struct mshim_plan *plan, const char *where) {
    if (!mshim_plan_read_options(plan)) {
        mshim_message_lines(plan->why);
        return no(where, "the environment has values that cannot be used");
    }
    const struct mshim_library *library = &plan->library;
    mshim_print("active%s: %s, %s, %s (mshim %s)", where,
                mshim_allocator_title(plan->options.allocator, library->version),
                mshim_flavour_name(library->flavour), library->path, library->version);
    return MSHIM_DONE;
}

static int check_environment(void) {
    static struct mshim_plan plan;
    const char *list = getenv("LD_PRELOAD"), *entry;
    size_t length = 0;
    if (!list || !*list)
        return no(" here", "LD_PRELOAD is not set");
    while ((length = mshim_preload_next(&list, &entry)) > 0)
        if (mshim_preload_is_own(entry, length, &plan.library))
            break;
    if (length == 0)
        return no(" here", "LD_PRELOAD names no libmshim.so");
    if (plan.library.flavour == MSHIM_NO_FLAVOUR) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%.*s", (int)length, entry);
        const bool there = access(path, R_OK) == 0;
        snprintf(plan.why, sizeof plan.why, "LD_PRELOAD names %s%s%s", path,
                 !strchr(path, '/') ? ", which needs its folder in front"
                 : there            ? ", which is no library of this machine"
                                    : ", which cannot be read: ",
                 there || !strchr(path, '/') ? "" : strerror(errno));
        return no(" here", plan.why);
    }
    return would_be(&plan, " here");
}

static int check_command(char **argv) {
    static struct mshim_plan plan;
    char where[PATH_MAX + 8];
    const bool possible = mshim_plan_make(&plan, argv);
    snprintf(where, sizeof where, " in %s", plan.target.program);
    if (!possible)
        return no("", plan.why);
    return would_be(&plan, where);
}

static int check_process(pid_t pid) {
    struct mshim_marker marker;
    char name[32], where[64], why[2 * PATH_MAX];
    const int error = mshim_process_marker(pid, &marker);
    if (error == ESRCH) {
        snprintf(where, sizeof where, " in %ld", (long)pid);
        return no(where, "there is no such process");
    }
    mshim_process_name(pid, name);
    snprintf(where, sizeof where, " in %ld (%s)", (long)pid, name);
    if (error) {
        snprintf(why, sizeof why, "it may not be inspected (%s)", strerror(error));
        return no(where, why);
    }
    if (!marker.found) {
        mshim_process_explain(pid, &marker, why, sizeof why);
        return no(where, why);
    }
    if (!marker.active) {
        if (strcmp(marker.why, "other-libc") == 0)
            snprintf(why, sizeof why, "it runs on another libc than %s, so that the shim has stepped aside",
                     marker.libc);
        else if (strcmp(marker.why, "own-malloc") == 0)
            snprintf(why, sizeof why,
                     "the program defines malloc itself, so that the shim has stepped aside");
        else
            snprintf(why, sizeof why, "the shim has stepped aside (%s)", marker.why);
        return no(where, why);
    }
    const bool versioned = marker.allocator_version[0] && strcmp(marker.allocator_version, "-") != 0;
    mshim_print("active%s: %s%s%s, %s, counters %s (mshim %s)", where, marker.allocator, versioned ? " " : "",
                versioned ? marker.allocator_version : "", marker.libc, marker.stats, marker.version);
    if (strcmp(marker.stats, "off") != 0 && !mshim_marker_explain_stats(&marker, why, sizeof why))
        mshim_print("not seen from outside: %s", why);
    return MSHIM_DONE;
}

int mshim_command_check(int argc, char **argv) {
    int status;
    if (mshim_next_flag(argc, argv, "", &status) == '?')
        return status;
    if (optind > 1 && strcmp(argv[optind - 1], "--") == 0) {
        if (optind == argc)
            return mshim_misuse(argv[0], "%s: no command given", argv[0]);
        return check_command(argv + optind);
    }
    if (optind == argc)
        return check_environment();
    if (optind + 1 < argc)
        return mshim_misuse(argv[0], "%s: one process id, or a command after --", argv[0]);
    pid_t pid;
    if (!mshim_pid_parse(argv[optind], &pid))
        return mshim_misuse(argv[0], "%s: %s is no process id (a command stands after --)", argv[0],
                            argv[optind]);
    return check_process(pid);
}
