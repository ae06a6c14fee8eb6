/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMMAND_H
#define MSHIM_COMMAND_COMMAND_H

/* What the subcommands share: exit statuses, flags and help. A new one is a row of commands.def and a file
 * with the function that the row names. */

#include "command/screen/output.h"

#include <stdbool.h>

enum mshim_status {
    MSHIM_DONE = 0,
    MSHIM_NO = 1, /* the answer is no, or something failed */
    MSHIM_MISUSE = 2,
    MSHIM_LEFT_ALONE = 3,
    MSHIM_CANNOT_RUN = 126,
    MSHIM_NOT_FOUND = 127,
};

/* argv[0] is the subcommand's name. What is returned becomes the exit status. */
#define MSHIM_COMMAND(name, arguments, help, details) int mshim_command_##name(int argc, char **argv);
#define MSHIM_FLAG(flag, help)
#include "command/commands.def"
#undef MSHIM_COMMAND
#undef MSHIM_FLAG

/* A message, and after it how the subcommand is used. Returns MSHIM_MISUSE. */
int mshim_misuse(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The list of the subcommands, on stdout or stderr. */
void mshim_print_help(bool to_stderr);

/* What `mshim COMMAND --help` prints. False: there is no such subcommand. */
bool mshim_print_command_help(const char *command);

void mshim_print_version(void);

/* There is no subcommand of that name. Returns MSHIM_MISUSE. */
int mshim_unknown_command(const char *name);

/*
 * Reads the flags of a subcommand, which end at the first argument that is none (the index of which is then
 * in optind) or after "--". `letters` is as for getopt. Returns the next letter with its argument in optarg;
 * '-' for one of the long flags that the rows of commands.def name, with its name in mshim_long_flag; -1 at
 * the end; '?' where --help, --version or misuse have been dealt with, with the exit status in *status.
 */
extern const char *mshim_long_flag;
int mshim_next_flag(int argc, char **argv, const char *letters, int *status);

/* For subcommands that take no arguments: true if there are none, else the exit status is in *status. */
bool mshim_no_arguments(int argc, char **argv, int *status);

#endif
