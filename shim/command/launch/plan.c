/* SPDX-License-Identifier: MIT */
#include "command/launch/plan.h"
#include "command/launch/active.h"
#include "command/launch/preload.h"
#include "shared/allocators/versions.h"

#include <errno.h>
#include <mshim.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool mshim_report_possible(const char *path, char *why, size_t size) {
    char folder[PATH_MAX] = ".";
    struct stat status;
    if (strcmp(path, "-") == 0)
        return true;
    const char *slash = strrchr(path, '/');
    if (slash) /* of "/x" it is "/" */
        snprintf(folder, sizeof folder, "%.*s", (int)(slash == path ? 1 : slash - path), path);
    if (strchr(folder, '%')) /* not known before there is a process */
        return true;
    if (stat(path, &status) == 0) {
        if (!S_ISDIR(status.st_mode))
            return true;
        snprintf(why, size, "%s is a folder", path);
        return false;
    }
    if (stat(folder, &status) == 0 && !S_ISDIR(status.st_mode))
        errno = ENOTDIR;
    else if (access(folder, W_OK | X_OK) == 0)
        return true;
    snprintf(why, size, "%s: %s", folder, strerror(errno));
    return false;
}

/* Adds a line to `why`. */
static void add_reason(struct mshim_plan *plan, const char *line) {
    const size_t used = strlen(plan->why);
    snprintf(plan->why + used, sizeof plan->why - used, "%s%s", used > 0 ? "\n" : "", line);
}

static void refuse(const struct mshim_option *row, const char *value, void *context) {
    static const char prefix[] = "mshim: ";
    char line[MSHIM_REFUSAL_BYTES];
    const size_t length = mshim_option_refusal(line, sizeof line, row, value, false);
    if (length > 0 && line[length - 1] == '\n')
        line[length - 1] = 0;
    add_reason(context, line + (strncmp(line, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0));
}

bool mshim_plan_read_options(struct mshim_plan *plan) {
    char why[PATH_MAX + 64], line[2 * PATH_MAX + 128];
    plan->why[0] = 0;
    mshim_options_parse(&plan->options, (const char *const *)environ, refuse, plan);
    const char *report = plan->options.report;
    if (report && !mshim_report_possible(report, why, sizeof why)) {
        snprintf(line, sizeof line, "%s=%s cannot be used: %s",
                 mshim_option_rows[MSHIM_OPTION_report].variable, report, why);
        add_reason(plan, line);
    }
    return plan->why[0] == 0;
}

bool mshim_plan_make(struct mshim_plan *plan, char *const *argv) {
    mshim_target_resolve(&plan->target, argv, getenv("PATH"));
    if (plan->target.verdict != MSHIM_TARGET_LOADABLE) {
        mshim_target_explain(&plan->target, plan->why, sizeof plan->why);
        return false;
    }
    char why[2 * PATH_MAX];
    if (*plan->target.preload && !mshim_preload_is_active(plan->target.preload, plan->target.flavour,
                                                          &plan->library, why, sizeof why)) {
        snprintf(plan->why, sizeof plan->why, "%s is started by env with another LD_PRELOAD",
                 plan->target.program);
        return false;
    }
    const char *const libc = mshim_flavour_name(plan->target.flavour);
    if (!mshim_library_find(&plan->library, plan->target.flavour)) {
        snprintf(plan->why, sizeof plan->why, "%s runs on %s, for which there is no library (%s)",
                 plan->target.program, libc, plan->library.path);
        return false;
    }
    if (!mshim_preload_can_name(plan->library.path)) {
        snprintf(plan->why, sizeof plan->why,
                 "%s cannot be preloaded: its path has a colon, white space or $ in it", plan->library.path);
        return false;
    }
    return true;
}

const char *mshim_allocator_title(unsigned allocator, const char *library_version) {
    static const char *const titles[][2] = {
#define MSHIM_ALLOCATOR(identifier, name, version, help) {name, version},
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
    };
    static char title[64];
    const char *const version = titles[allocator][1];
    const bool known = strcmp(library_version, MSHIM_VERSION) == 0 && strcmp(version, "-") != 0;
    snprintf(title, sizeof title, "%s%s%s", titles[allocator][0], known ? " " : "", known ? version : "");
    return title;
}
