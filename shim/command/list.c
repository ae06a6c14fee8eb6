/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "shared/allocators/versions.h"

#include <stdio.h>

int mshim_command_list(int argc, char **argv) {
    int status;
    if (!mshim_no_arguments(argc, argv, &status))
        return status;
#define MSHIM_ALLOCATOR(identifier, name, version, help) printf("%-10s %s\n", name, version);
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
    return MSHIM_DONE;
}
