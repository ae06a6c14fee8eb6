/* SPDX-License-Identifier: MIT */
/* Reading the MSHIM_* variables of an environment, and the text of the line about a value that cannot be
 * used. */
#include "shared/options/options.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static struct mshim_options options;
static const struct mshim_option *refused_row;
static const char *refused_value;
static unsigned refused_count;

static void refuse(const struct mshim_option *row, const char *value, void *context) {
    cr_assert_eq(context, &options);
    refused_row = row;
    refused_value = value;
    refused_count++;
}

static void parse(const char *const *environment) {
    refused_count = 0;
    refused_row = NULL;
    memset(&options, 0xff, sizeof options);
    mshim_options_parse(&options, environment, refuse, &options);
}

static const struct mshim_option *row(enum mshim_option_index index) {
    return &mshim_option_rows[index];
}

static void assert_defaults(void) {
    cr_assert_eq(options.allocator, MSHIM_ALLOCATOR_mimalloc);
    cr_assert(options.stats);
    cr_assert_null(options.report);
    cr_assert(!options.verbose);
}

Test(options_parse, an_empty_environment_gives_the_defaults) {
    parse((const char *const[]){NULL});
    assert_defaults();
    cr_assert_eq(refused_count, 0);
}

Test(options_parse, values_are_taken) {
    PARSE("PATH=/bin", "MSHIM_ALLOCATOR=system", "MSHIM_STATS=off", "MSHIM_REPORT=a/%p.json",
          "MSHIM_VERBOSE=on");
    cr_assert_eq(options.allocator, MSHIM_ALLOCATOR_system);
    cr_assert(!options.stats);
    cr_assert_str_eq(options.report, "a/%p.json");
    cr_assert(options.verbose);
    cr_assert_eq(refused_count, 0);
}

Test(options_parse, every_value_of_every_list_is_accepted) {
    for (size_t i = 0; i < mshim_option_count; i++)
        for (const char *const *value = mshim_option_rows[i].values; value && *value; value++) {
            cr_assert(mshim_option_set(&options, &mshim_option_rows[i], *value));
            cr_assert_str_eq(mshim_option_value(&options, &mshim_option_rows[i]), *value);
        }
}

Test(options_parse, the_first_value_of_a_list_is_the_default) {
    mshim_options_default(&options);
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *const each = &mshim_option_rows[i];
        if (each->values)
            cr_assert_str_eq(mshim_option_value(&options, each), each->values[0]);
        else
            cr_assert_not_null(each->accepted);
    }
}

Test(options_parse, an_empty_value_counts_as_not_set) {
    PARSE("MSHIM_ALLOCATOR=", "MSHIM_STATS=", "MSHIM_REPORT=", "MSHIM_VERBOSE=");
    assert_defaults();
    cr_assert_eq(refused_count, 0);
    PARSE("MSHIM_ALLOCATOR=", "MSHIM_ALLOCATOR=system"); /* the first counts, as for getenv */
    cr_assert_eq(options.allocator, MSHIM_ALLOCATOR_mimalloc);
}

Test(options_parse, of_two_the_first_counts) {
    PARSE("MSHIM_ALLOCATOR=jemalloc", "MSHIM_ALLOCATOR=system");
    cr_assert_eq(options.allocator, MSHIM_ALLOCATOR_jemalloc);
}

Test(options_parse, names_must_be_whole) {
    PARSE("MSHIM_STATSX=off", "XMSHIM_STATS=off", "MSHIM_STATS", "MSHIM_", "=", "", "MSHIM_STAT=off");
    assert_defaults();
    cr_assert_eq(refused_count, 0);
}

Test(options_parse, what_cannot_be_used_is_refused_and_the_default_stays) {
    PARSE("MSHIM_ALLOCATOR=tcmalloc");
    assert_defaults();
    cr_assert_eq(refused_count, 1);
    cr_assert_eq(refused_row, row(MSHIM_OPTION_allocator));
    cr_assert_str_eq(refused_value, "tcmalloc");
    const char *const others[] = {"mimallo", "mimallocs", "Mimalloc",  " mimalloc", "mimalloc ",
                                  "0",       "mi\nalloc", "mimalloc,", "\x1b[2J",   "\xff"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert(!mshim_option_set(&options, row(MSHIM_OPTION_allocator), others[i]), "%s", others[i]);
    PARSE("MSHIM_STATS=1", "MSHIM_VERBOSE=yes");
    assert_defaults();
    cr_assert_eq(refused_count, 2);
}

Test(options_parse, without_a_handler_nothing_is_called) {
    mshim_options_parse(&options, (const char *const[]){"MSHIM_STATS=maybe", NULL}, NULL, NULL);
    cr_assert(options.stats);
}

Test(options_parse, a_report_needs_a_path_to_a_file) {
    static char path[5000] = "MSHIM_REPORT=";
    const size_t start = strlen(path);
    memset(path + start, 'a', 4095);
    PARSE(path);
    cr_assert_eq(refused_count, 0);
    cr_assert_eq(options.report, path + start);
    path[start + 4095] = 'a';
    PARSE(path);
    cr_assert_eq(refused_count, 1);
    cr_assert_null(options.report);
    PARSE("MSHIM_REPORT=folder/");
    cr_assert_eq(refused_count, 1);
    PARSE("MSHIM_REPORT=-");
    cr_assert_eq(refused_count, 0);
}

Test(options_parse, names_are_unique_and_ours) {
    for (size_t i = 0; i < mshim_option_count; i++) {
        cr_assert_eq(strncmp(mshim_option_rows[i].variable, "MSHIM_", 6), 0);
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(mshim_option_rows[i].variable, mshim_option_rows[j].variable);
    }
}
