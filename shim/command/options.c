/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/launch/plan.h"
#include "command/launch/variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is what the environment has in force? What a program makes of the default is its library's matter: on musl
 * and glibc it may differ. */
static void print_in_force(const struct mshim_options *options, const struct mshim_option *row) {
    const char *const set = getenv(row->variable), *const value = mshim_option_value(options, row);
    struct mshim_options tried;
    mshim_options_default(&tried);
    if (!set || !*set)
        mshim_print("    in force: the default%s%s", row->values ? ", " : "", row->values ? value : "");
    else if (mshim_option_set(&tried, row, set))
        mshim_print("    in force: %s, set here", set);
    else
        mshim_print("    in force: the default%s%s; %s is set here, which is invalid",
                    row->values ? ", " : "", row->values ? value : "", set);
}

int mshim_command_options(int argc, char **argv) {
    static struct mshim_plan plan;
    char misspelt[1024];
    int status;
    if (!mshim_no_arguments(argc, argv, &status))
        return status;
    const bool valid = mshim_plan_read_options(&plan);
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *row = &mshim_option_rows[i];
        char accepted[256];
        mshim_option_accepted(accepted, sizeof accepted, row, true);
        printf("%-16s %s\n", row->variable, accepted);
        print_in_force(&plan.options, row);
        mshim_print_wrapped(4, row->help);
    }
    const size_t misspelt_count =
        mshim_variables_misspelt((const char *const *)environ, misspelt, sizeof misspelt);
    mshim_message_lines(misspelt);
    mshim_message_lines(plan.why);
    return valid && misspelt_count == 0 ? MSHIM_DONE : MSHIM_NO;
}
