/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_SCRIPT_H
#define MSHIM_COMMAND_LAUNCH_SCRIPT_H

/* What is started by what: #! lines, env, entry scripts, a loader that is called as a command. Only text is
 * looked at. */

#include <stdbool.h>
#include <stddef.h>

/* The kernel looks at no more of a script than this. */
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

/* A command line, cut after so many words: what follows does not decide what is started. */
enum { MSHIM_WORDS = 64, MSHIM_WORDS_BYTES = 8192 };

struct mshim_words {
    const char *word[MSHIM_WORDS];
    size_t count;
    char bytes[MSHIM_WORDS_BYTES]; /* of words that had to be copied */
    size_t used;
};

/* Copies a word; NULL where it does not fit. */
const char *mshim_words_keep(struct mshim_words *words, const char *word, size_t length);

/* Drops `drop` words at the beginning and puts `count` others there. False where these do not fit.
 */
bool mshim_words_replace(struct mshim_words *words, size_t drop, const char *const *others, size_t count);

struct mshim_env {
    const char *path;   /* value that PATH gets; NULL: it stays */
    bool drops_preload; /* LD_PRELOAD does not reach the command */
};

/* `words` is a call of env: leaves the command line that env would start, and what it changes in *env. False
 * where env starts nothing or the call is not understood. */
bool mshim_words_after_env(struct mshim_words *words, struct mshim_env *env);

/* `words` is a call of a loader: leaves the command line that it would start. False where it starts nothing.
 */
bool mshim_words_after_loader(struct mshim_words *words);

#endif
