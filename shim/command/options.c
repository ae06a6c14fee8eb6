/* SPDX-License-Identifier: MIT */
#include "shared/options/options.h"
#include "command/command.h"

#include <stdio.h>
#include <string.h>

int mshim_command_options(int argc, char **argv) {
    int status;
    if (!mshim_no_arguments(argc, argv, &status))
        return status;
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *row = &mshim_option_rows[i];
        char accepted[256];
        mshim_option_accepted(accepted, sizeof accepted, row, true);
        printf("%-16s %s\n", row->variable, accepted);
        mshim_print_wrapped(4, row->help);
    }
    return MSHIM_DONE;
}
