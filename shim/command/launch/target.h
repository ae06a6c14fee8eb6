/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_TARGET_H
#define MSHIM_COMMAND_LAUNCH_TARGET_H

/* What a command line would start in the end, and whether a library can be preloaded into that. */

#include "command/launch/flavour.h"
#include "command/launch/script.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum mshim_verdict {
    MSHIM_TARGET_LOADABLE,       /* a dynamic program; the flavour is known */
    MSHIM_TARGET_NOT_FOUND,      /* execvp would fail so */
    MSHIM_TARGET_NOT_EXECUTABLE, /* execvp would fail otherwise */
    MSHIM_TARGET_UNREADABLE,     /* may be executed but not read */
    MSHIM_TARGET_STATIC,
    MSHIM_TARGET_OTHER_MACHINE,
    MSHIM_TARGET_OTHER_LIBC, /* neither musl nor glibc */
    MSHIM_TARGET_SECURE,     /* set-user-ID, set-group-ID or file capabilities: loaders ignore preloads */
    MSHIM_TARGET_DROPS,      /* starts its command without LD_PRELOAD */
};

struct mshim_target {
    enum mshim_verdict verdict;
    enum mshim_flavour flavour;
    char file[PATH_MAX];           /* what execve is to be given */
    bool by_shell;                 /* no #! line and not ELF: to be run as /bin/sh FILE, as execvp does */
    char program[PATH_MAX];        /* the file that decides: FILE, or what it leads to */
    char preload[PATH_MAX];        /* value of LD_PRELOAD that env sets on the way; "" where it does not */
    struct mshim_script_drop drop; /* a line of a shell script that is run; line 0: none */
    char drop_in[PATH_MAX];        /* that script; "" for sh -c */
    char reason[PATH_MAX]; /* what the system says where it cannot be started; the loader's path for another
                              libc */
};

/* `path` is the value of PATH, NULL where it is not set. */
void mshim_target_resolve(struct mshim_target *target, char *const *argv, const char *path);

/* Why the shim cannot be active in it, as a sentence without its full stop. */
void mshim_target_explain(const struct mshim_target *target, char *text, size_t size);

#endif
