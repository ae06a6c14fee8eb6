/* SPDX-License-Identifier: MIT */
#include "command/launch/words.h"

#include <string.h>

const char *mshim_words_keep(struct mshim_words *words, const char *word, size_t length) {
    if (length >= sizeof words->bytes - words->used)
        return NULL;
    char *kept = words->bytes + words->used;
    memcpy(kept, word, length);
    kept[length] = 0;
    words->used += length + 1;
    return kept;
}

bool mshim_words_replace(struct mshim_words *words, size_t drop, const char *const *others, size_t count) {
    if (drop > words->count || count > MSHIM_WORDS)
        return false;
    size_t stay = words->count - drop;
    if (stay > MSHIM_WORDS - count)
        stay = MSHIM_WORDS - count;
    memmove(words->word + count, words->word + drop, stay * sizeof *words->word);
    if (count > 0)
        memcpy(words->word, others, count * sizeof *others);
    words->count = count + stay;
    return true;
}

/* What follows `prefix` in `word`, or NULL. */
static const char *after(const char *word, const char *prefix) {
    const size_t length = strlen(prefix);
    return strncmp(word, prefix, length) == 0 ? word + length : NULL;
}

/* Splits what env -S is given and puts the words in place of the first `drop`. */
static bool split(struct mshim_words *words, size_t drop, const char *string) {
    const char *parts[MSHIM_WORDS];
    size_t count = 0;
    char part[1024];
    if (strpbrk(string, "\\$#"))
        return false;
    parts[count++] = "env";
    for (const char *at = string + strspn(string, " \t\n"); *at; at += strspn(at, " \t\n")) {
        size_t length = 0;
        char quote = 0;
        for (; *at && (quote || !strchr(" \t\n", *at)); at++) {
            if (*at == quote)
                quote = 0;
            else if (!quote && (*at == '\'' || *at == '"'))
                quote = *at;
            else if (length < sizeof part)
                part[length++] = *at;
        }
        if (quote || length == sizeof part || count == MSHIM_WORDS ||
            !(parts[count++] = mshim_words_keep(words, part, length)))
            return false;
    }
    return mshim_words_replace(words, drop, parts, count);
}

static void unset(const char *name, struct mshim_env *env) {
    if (name && strcmp(name, "LD_PRELOAD") == 0)
        env->drops_preload = true;
}

/* Deals with the option at words->word[1]. Returns how many words it takes, 0 where it is not understood. */
static size_t env_option(const struct mshim_words *words, struct mshim_env *env) {
    const char *const word = words->word[1];
    const char *name;
    if (strcmp(word, "-") == 0 || strcmp(word, "-i") == 0 || strcmp(word, "--ignore-environment") == 0) {
        env->drops_preload = true;
        return 1;
    }
    if (strcmp(word, "-v") == 0 || strcmp(word, "--debug") == 0)
        return 1;
    if (strcmp(word, "-u") == 0 || strcmp(word, "--unset") == 0) {
        if (words->count < 3)
            return 0;
        unset(words->word[2], env);
        return 2;
    }
    if ((name = after(word, "--unset=")) || (name = after(word, "-u"))) {
        unset(name, env);
        return 1;
    }
    return 0;
}

/* The string that env is to split, and how many words say so. */
static const char *env_string(const struct mshim_words *words, size_t *taken) {
    const char *const word = words->word[1];
    *taken = 1;
    if (strcmp(word, "-S") == 0 || strcmp(word, "--split-string") == 0) {
        *taken = 2;
        return words->count > 2 ? words->word[2] : NULL;
    }
    const char *string = after(word, "--split-string=");
    if (!string)
        string = after(word, "-S");
    return string ? string : after(word, "-vS");
}

bool mshim_words_after_env(struct mshim_words *words, struct mshim_env *env) {
    *env = (struct mshim_env){.path = NULL};
    bool split_before = false;
    while (words->count > 1 && words->word[1][0] == '-') {
        size_t taken;
        const char *string = env_string(words, &taken);
        if (string) {
            if (split_before || !split(words, 1 + taken, string))
                return false;
            split_before = true;
            continue;
        }
        if (strcmp(words->word[1], "--") == 0) {
            mshim_words_replace(words, 1, NULL, 0);
            break;
        }
        taken = env_option(words, env);
        if (taken == 0)
            return false;
        mshim_words_replace(words, taken, NULL, 0); /* its last word stands where "env" stood */
    }
    mshim_words_replace(words, 1, NULL, 0);
    const char *value;
    while (words->count > 0 && strchr(words->word[0], '=')) {
        if ((value = after(words->word[0], "PATH=")))
            env->path = value;
        else if ((value = after(words->word[0], "LD_PRELOAD="))) {
            env->drops_preload = true;
            env->preload = value;
        }
        mshim_words_replace(words, 1, NULL, 0);
    }
    return words->count > 0;
}

bool mshim_words_after_loader(struct mshim_words *words) {
    static const char *const with_value[] = {
        "--library-path",         "--preload",          "--argv0", "--audit", "--inhibit-rpath",
        "--glibc-hwcaps-prepend", "--glibc-hwcaps-mask"};
    mshim_words_replace(words, 1, NULL, 0);
    while (words->count > 0 && strncmp(words->word[0], "--", 2) == 0) {
        const char *const word = words->word[0];
        size_t taken = 1;
        if (strcmp(word, "--list") == 0 || strcmp(word, "--verify") == 0 || strcmp(word, "--help") == 0 ||
            strcmp(word, "--version") == 0)
            return false;
        for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++)
            if (strcmp(word, with_value[i]) == 0)
                taken = 2;
        if (taken > words->count)
            return false;
        mshim_words_replace(words, taken, NULL, 0);
        if (strcmp(word, "--") == 0)
            break;
    }
    return words->count > 0;
}
