/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_WORDS_H
#define MSHIM_COMMAND_LAUNCH_WORDS_H

/* Command lines that start another command line: env, and a loader that is called as a command. */

#include <stdbool.h>
#include <stddef.h>

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

/* Drops `drop` words at the beginning and puts `count` others there. False where these do not fit. */
bool mshim_words_replace(struct mshim_words *words, size_t drop, const char *const *others, size_t count);

struct mshim_env {
    const char *path;    /* value that PATH gets; NULL: it stays */
    const char *preload; /* value that LD_PRELOAD gets; NULL: none */
    bool drops_preload;  /* the LD_PRELOAD that there is does not reach the command */
};

/* `words` is a call of env: leaves the command line that env would start, and what it changes in *env. False
 * where env starts nothing or the call is not understood. */
bool mshim_words_after_env(struct mshim_words *words, struct mshim_env *env);

/* `words` is a call of a loader: leaves the command line that it would start. False where it starts nothing.
 */
bool mshim_words_after_loader(struct mshim_words *words);

#endif
