/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "shared/allocators/versions.h"
#include "shared/options/options.h"

#include <stdio.h>

int mshim_command_list(int argc, char **argv) {
    static const char *const rows[][2] = {
#define MSHIM_ALLOCATOR(identifier, name, version, help) {name, version},
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
    };
    struct mshim_options usual;
    int status;
    if (!mshim_no_arguments(argc, argv, &status))
        return status;
    mshim_options_default(&usual);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        printf("%-10s %s%s\n", rows[i][0], rows[i][1], i == usual.allocator ? "  (the default)" : "");
    return MSHIM_DONE;
}
