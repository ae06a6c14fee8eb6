/* SPDX-License-Identifier: MIT */
#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    int (*function)(int argc, char **argv);
} commands[] = {
#define MSHIM_COMMAND(name, arguments, help, details) {#name, mshim_command_##name},
#define MSHIM_FLAG(flag, help)
#include "command/commands.def"
#undef MSHIM_COMMAND
#undef MSHIM_FLAG
};

static int dispatch(int argc, char **argv) {
    if (argc < 2) {
        mshim_print_help(true);
        return MSHIM_MISUSE;
    }
    if (strcmp(argv[1], "--help") == 0) {
        mshim_print_help(false);
        return MSHIM_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        mshim_print_version();
        return MSHIM_DONE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return commands[i].function(argc - 1, argv + 1);
    return mshim_unknown_command(argv[1]);
}

int main(int argc, char **argv) {
    const int status = dispatch(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout) || (close(STDOUT_FILENO) != 0 && errno != EBADF)) {
        mshim_message("cannot write the output: %s", strerror(errno));
        return status == MSHIM_DONE ? MSHIM_NO : status;
    }
    return status;
}
