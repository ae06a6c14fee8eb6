/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/launch/plan.h"
#include "command/launch/preload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Puts the value of a flag into the environment if it can be used. */
static bool set_by_flag(struct mshim_plan *plan, enum mshim_option_index index, char flag,
                        const char *value) {
    const struct mshim_option *row = &mshim_option_rows[index];
    char accepted[MSHIM_REFUSAL_BYTES], shown[80];
    if (!mshim_option_set(&plan->options, row, value)) {
        mshim_option_accepted(accepted, sizeof accepted, row, false);
        mshim_option_escape(shown, sizeof shown, value);
        mshim_message("-%c %s cannot be used; accepted: %s", flag, *shown ? shown : "''", accepted);
        return false;
    }
    if (index == MSHIM_OPTION_report && !mshim_report_possible(value, plan->why, sizeof plan->why)) {
        mshim_message("-%c %s cannot be used: %s", flag, value, plan->why);
        return false;
    }
    return setenv(row->variable, value, 1) == 0;
}

/* In what the program starts, the shim could still be active. */
static const char *hint(enum mshim_verdict verdict) {
    const bool may_lead_on =
        verdict == MSHIM_TARGET_STATIC || verdict == MSHIM_TARGET_SECURE || verdict == MSHIM_TARGET_DROPS;
    return may_lead_on ? "; if it starts another program, put mshim run in front of that" : "";
}

static int execute(const struct mshim_plan *plan, int argc, char **argv) {
    const struct mshim_target *target = &plan->target;
    if (target->by_shell) {
        char **words = calloc((size_t)argc + 2, sizeof *words);
        if (words) {
            words[0] = "/bin/sh";
            words[1] = (char *)target->file;
            for (int i = 1; i < argc; i++)
                words[i + 1] = argv[i];
            execve(words[0], words, environ);
            free(words);
        }
    } else {
        execve(target->file, argv, environ);
    }
    const int error = errno;
    mshim_message("%s: %s", target->file, strerror(error));
    return error == ENOENT ? MSHIM_NOT_FOUND : MSHIM_CANNOT_RUN;
}

int mshim_command_run(int argc, char **argv) {
    static struct mshim_plan plan;
    int status;
    for (int flag; (flag = mshim_next_flag(argc, argv, "a:o:", &status)) != -1;) {
        if (flag == '?')
            return status;
        if (!set_by_flag(&plan, flag == 'a' ? MSHIM_OPTION_allocator : MSHIM_OPTION_report, (char)flag,
                         optarg))
            return MSHIM_MISUSE;
    }
    if (optind == argc)
        return mshim_misuse(argv[0], "%s: no command given", argv[0]);
    if (!mshim_plan_read_options(&plan)) {
        mshim_message_lines(plan.why);
        return MSHIM_MISUSE;
    }
    if (!mshim_plan_make(&plan, argv + optind)) {
        mshim_message("%s%s", plan.why, hint(plan.target.verdict));
        return plan.target.verdict == MSHIM_TARGET_NOT_FOUND ? MSHIM_NOT_FOUND : MSHIM_CANNOT_RUN;
    }
    char *list = mshim_preload_with(plan.library.path, getenv("LD_PRELOAD"));
    if (!list || setenv("LD_PRELOAD", list, 1) != 0) {
        mshim_message("%s", strerror(ENOMEM));
        return MSHIM_CANNOT_RUN;
    }
    return execute(&plan, argc - optind, argv + optind);
}
