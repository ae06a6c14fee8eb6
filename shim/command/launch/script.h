/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_SCRIPT_H
#define MSHIM_COMMAND_LAUNCH_SCRIPT_H

/* What a script starts, by its text: #! lines and entry scripts. */

#include <stdbool.h>
#include <stddef.h>

/* The kernel reads no more of a script than this. */
enum { MSHIM_SCRIPT_BYTES = 256 };

struct mshim_script {
    char interpreter[MSHIM_SCRIPT_BYTES];
    char argument[MSHIM_SCRIPT_BYTES]; /* all that follows on the line; "" where nothing does */
};

/* Reads a #! line as the kernel does. `start` is the beginning of the file, with NULs behind where it is
 * shorter. False if the kernel would not take it. */
bool mshim_script_read(const char start[MSHIM_SCRIPT_BYTES], struct mshim_script *script);

/*
 * The interpreter in an entry script whose #! line would have been too long:
 *
 *     #!/bin/sh
 *     '''exec' /a/path/to/python "$0" "$@"
 *
 * as pip and uv write it, also with "$(dirname -- "$(realpath -- "$0")")"/'python'. `script` is the path of
 * the script. False if the text is something else.
 */
bool mshim_script_entry(const char *text, const char *script, char *interpreter, size_t size);

/* A line of a shell script that starts something without the LD_PRELOAD that there is. */
struct mshim_script_drop {
    unsigned line; /* from 1 on */
    char text[160];
};

/* Finds the first one: env -i, env -u LD_PRELOAD, unset LD_PRELOAD, LD_PRELOAD=..., sudo, su -. Only what is
 * written out is found: a hint, not a proof. A line that names libmshim.so itself is none. */
bool mshim_script_drops_preload(const char *script, struct mshim_script_drop *drop);

#endif
