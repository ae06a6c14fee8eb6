/* SPDX-License-Identifier: MIT */
/* Command lines that start other command lines: env and loaders. */
#include "command/launch/words.h"

#include <criterion/criterion.h>

#include <string.h>

#define SET(...)         set((const char *const[]){__VA_ARGS__, NULL})
#define ASSERT_LEFT(...) assert_left((const char *const[]){__VA_ARGS__, NULL})

static struct mshim_words words;
static struct mshim_env env;

static void set(const char *const *list) {
    memset(&words, 0, sizeof words);
    while (*list)
        words.word[words.count++] = *list++;
}

static void assert_left(const char *const *list) {
    for (size_t i = 0; i < words.count; i++) {
        cr_assert_not_null(list[i]);
        cr_assert_str_eq(words.word[i], list[i]);
    }
    cr_assert_null(list[words.count]);
}

Test(launch_words, env_starts_what_follows) {
    SET("env", "python3", "-u", "x");
    cr_assert(mshim_words_after_env(&words, &env));
    ASSERT_LEFT("python3", "-u", "x");
    cr_assert_null(env.path);
    cr_assert(!env.drops_preload);
    SET("env", "--", "A=b", "python3");
    cr_assert(mshim_words_after_env(&words, &env));
    ASSERT_LEFT("python3");
}

Test(launch_words, env_changes_the_environment) {
    SET("env", "A=b", "PATH=/x:/y", "python3", "PATH=/z");
    cr_assert(mshim_words_after_env(&words, &env));
    ASSERT_LEFT("python3", "PATH=/z");
    cr_assert_str_eq(env.path, "/x:/y");
    const char *const ways[][3] = {{"-", "x"},
                                   {"-i", "x"},
                                   {"--ignore-environment", "x"},
                                   {"-uLD_PRELOAD", "x"},
                                   {"--unset=LD_PRELOAD", "x"},
                                   {"LD_PRELOAD=", "x"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        SET("env", ways[i][0], ways[i][1]);
        cr_assert(mshim_words_after_env(&words, &env));
        ASSERT_LEFT("x");
        cr_assert(env.drops_preload);
    }
    SET("env", "-u", "LD_PRELOAD", "-v", "x");
    cr_assert(mshim_words_after_env(&words, &env));
    cr_assert(env.drops_preload);
    SET("env", "-u", "LD_PRELOADED", "LD_PRELOADED=", "x");
    cr_assert(mshim_words_after_env(&words, &env));
    cr_assert(!env.drops_preload);
}

Test(launch_words, env_splits_a_string) {
    SET("env", "-S python3  -u", "script");
    cr_assert(mshim_words_after_env(&words, &env));
    ASSERT_LEFT("python3", "-u", "script");
    SET("env", "-S", "A=1 'two words' \"three\"x", "script");
    cr_assert(mshim_words_after_env(&words, &env));
    ASSERT_LEFT("two words", "threex", "script");
    SET("env", "--split-string=-i x", "script");
    cr_assert(mshim_words_after_env(&words, &env));
    ASSERT_LEFT("x", "script");
    cr_assert(env.drops_preload);
    SET("env", "-S", "-S", "x");
    cr_assert(!mshim_words_after_env(&words, &env));
    SET("env", "-S", "${HOME}/x", "script");
    cr_assert(!mshim_words_after_env(&words, &env));
    SET("env", "-S", "'open", "script");
    cr_assert(!mshim_words_after_env(&words, &env));
    SET("env", "-S");
    cr_assert(!mshim_words_after_env(&words, &env));
}

Test(launch_words, env_starts_nothing) {
    SET("env");
    cr_assert(!mshim_words_after_env(&words, &env));
    SET("env", "A=b");
    cr_assert(!mshim_words_after_env(&words, &env));
    SET("env", "-u");
    cr_assert(!mshim_words_after_env(&words, &env));
    SET("env", "--chdir=/", "x");
    cr_assert(!mshim_words_after_env(&words, &env));
}

Test(launch_words, no_more_words_than_there_is_room_for) {
    char many[4 * MSHIM_WORDS], big[2 * MSHIM_WORDS_BYTES];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = i % 2 ? ' ' : 'x';
    many[sizeof many - 1] = 0;
    SET("env", "-S", many, "script");
    cr_assert(!mshim_words_after_env(&words, &env));
    memset(big, 'x', sizeof big);
    big[sizeof big - 1] = 0;
    SET("env", "-S", big, "script");
    cr_assert(!mshim_words_after_env(&words, &env));
    cr_assert_null(mshim_words_keep(&words, big, strlen(big)));

    set((const char *const[]){NULL});
    for (words.count = 0; words.count < MSHIM_WORDS; words.count++)
        words.word[words.count] = "old";
    const char *const others[] = {"a", "b", "c"};
    cr_assert(mshim_words_replace(&words, 1, others, 3));
    cr_assert_eq(words.count, MSHIM_WORDS);
    cr_assert_str_eq(words.word[2], "c");
    cr_assert_str_eq(words.word[MSHIM_WORDS - 1], "old");
    cr_assert(!mshim_words_replace(&words, MSHIM_WORDS + 1, NULL, 0));
}

Test(launch_words, loaders_start_a_program) {
    SET("ld.so", "--library-path", "/x", "--argv0", "y", "--inhibit-cache", "prog", "--list");
    cr_assert(mshim_words_after_loader(&words));
    ASSERT_LEFT("prog", "--list");
    SET("ld.so", "--library-path=/x", "--", "--prog");
    cr_assert(mshim_words_after_loader(&words));
    ASSERT_LEFT("--prog");
    SET("ld.so", "--list", "prog");
    cr_assert(!mshim_words_after_loader(&words));
    SET("ld.so", "--preload");
    cr_assert(!mshim_words_after_loader(&words));
    SET("ld.so");
    cr_assert(!mshim_words_after_loader(&words));
}
