/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/manual_text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Sections of the manual that are text. */
static const struct {
    const char *name, *title, *text;
} topics[] = {
    {"mshim", "what it is", description_text},
    {"environment", "how the variables are read (mshim options lists them)", environment_text},
    {"reports", "reports at the end of processes", reports_text},
    {"live", "live counters", live_text},
    {"status", "exit statuses", exit_text},
    {"notes", "what cannot work, and why", notes_text},
};
enum { TOPICS = sizeof topics / sizeof *topics, COLUMN = 16 };

/* Name and text, one below the other. */
static void print_items(const char *const (*items)[2], size_t count) {
    for (size_t i = 0; i < count; i++) {
        puts(items[i][0]);
        mshim_print_wrapped(4, items[i][1]);
    }
}

static int print_topic(const char *name) {
    for (size_t i = 0; i < TOPICS; i++)
        if (strcmp(topics[i].name, name) == 0) {
            mshim_print_wrapped(0, topics[i].text);
            return MSHIM_DONE;
        }
    if (strcmp(name, "files") == 0)
        print_items(files_text, sizeof files_text / sizeof *files_text);
    else if (strcmp(name, "examples") == 0)
        print_items(examples_text, sizeof examples_text / sizeof *examples_text);
    else
        return mshim_misuse("help", "help: there is no command or topic %s", *name ? name : "''");
    return MSHIM_DONE;
}

int mshim_command_help(int argc, char **argv) {
    int status;
    if (mshim_next_flag(argc, argv, "", &status) == '?')
        return status;
    if (optind + 1 < argc)
        return mshim_misuse(argv[0], "%s: one command or topic", argv[0]);
    if (optind < argc)
        return mshim_print_command_help(argv[optind]) ? MSHIM_DONE : print_topic(argv[optind]);
    mshim_print_help(false);
    puts("\nTopics, for mshim help TOPIC:\n");
    for (size_t i = 0; i < TOPICS; i++)
        printf("  %-*s%s\n", COLUMN, topics[i].name, topics[i].title);
    printf("  %-*s%s\n  %-*s%s\n", COLUMN, "files", "where things are", COLUMN, "examples", "lines to copy");
    return MSHIM_DONE;
}
