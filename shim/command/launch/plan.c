/* SPDX-License-Identifier: MIT */
#include "command/launch/plan.h"
#include "shared/allocators/versions.h"
#include "command/command.h"
#include "command/launch/preload.h"

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

static void refuse(const struct mshim_option *row, const char *value, void *context) {
    char line[MSHIM_REFUSAL_BYTES];
    mshim_option_refusal(line, sizeof line, row, value, false);
    fputs(line, stderr);
    *(bool *)context = true;
}

bool mshim_plan_read_options(struct mshim_plan *plan) {
    bool refused = false;
    mshim_options_parse(&plan->options, (const char *const *)environ, refuse, &refused);
    const char *report = plan->options.report;
    if (report && !mshim_report_possible(report, plan->why, sizeof plan->why)) {
        mshim_message("%s=%s cannot be used: %s", mshim_option_rows[MSHIM_OPTION_report].variable, report,
                      plan->why);
        refused = true;
    }
    return !refused;
}

int mshim_plan_make(struct mshim_plan *plan, char *const *argv) {
    mshim_target_resolve(&plan->target, argv, getenv("PATH"));
    if (plan->target.verdict != MSHIM_TARGET_LOADABLE) {
        mshim_target_explain(&plan->target, plan->why, sizeof plan->why);
        return plan->target.verdict == MSHIM_TARGET_NOT_FOUND ? MSHIM_NOT_FOUND : MSHIM_CANNOT_RUN;
    }
    const char *const libc = mshim_flavour_name(plan->target.flavour);
    if (!mshim_library_find(&plan->library, plan->target.flavour)) {
        snprintf(plan->why, sizeof plan->why, "%s runs on %s, for which there is no library (%s)",
                 plan->target.program, libc, plan->library.path);
        return MSHIM_CANNOT_RUN;
    }
    if (!mshim_preload_can_name(plan->library.path)) {
        snprintf(plan->why, sizeof plan->why,
                 "%s cannot be preloaded: its path has a colon, white space or $ in it", plan->library.path);
        return MSHIM_CANNOT_RUN;
    }
    return MSHIM_DONE;
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
