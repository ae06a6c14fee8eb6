/* SPDX-License-Identifier: MIT */
/* Prints mshim.1. Compiled and run while building; the tables say what there is to describe. */
#include "command/manual_text.h"
#include "shared/options/options.h"

#include <mshim.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 78 };

static size_t put_character(char c) {
    switch (c) {
    case '\\':
        return (size_t)printf("\\e");
    case '-':
        return (size_t)printf("\\-");
    default:
        return (size_t)printf("%c", c);
    }
}

/* Words in lines, with what roff would take for requests escaped; a newline ends a paragraph. */
static void text(const char *words) {
    size_t column = 0;
    while (*words) {
        if (*words == '\n') {
            puts("\n.PP");
            column = 0;
            words++;
            continue;
        }
        const size_t length = strcspn(words, " \n");
        if (column > 0 && column + length < WIDTH) {
            column += put_character(' ');
        } else if (column > 0) {
            putchar('\n');
            column = 0;
        }
        if (column == 0 && (*words == '.' || *words == '\''))
            fputs("\\&", stdout);
        for (size_t i = 0; i < length; i++)
            column += put_character(words[i]);
        words += length;
        words += *words == ' ';
    }
    putchar('\n');
}

static void section(const char *title, const char *body) {
    printf(".SH %s\n", title);
    if (body)
        text(body);
}

static void item(const char *name, const char *more, const char *body) {
    fputs(".TP\n\\fB", stdout);
    while (*name)
        put_character(*name++);
    printf("\\fR%s", *more ? " " : "");
    while (*more)
        put_character(*more++);
    putchar('\n');
    text(body);
}

static void commands(void) {
    section("COMMANDS", NULL);
#define MSHIM_COMMAND(name, arguments, help, details)                                                        \
    puts(sizeof arguments > 1 ? ".SS mshim " #name " " arguments : ".SS mshim " #name);                      \
    text(details);
#define MSHIM_FLAG(flag, help) item(flag, "", help);
#include "command/commands.def"
#undef MSHIM_COMMAND
#undef MSHIM_FLAG
}

static void allocators(void) {
    section("ALLOCATORS", NULL);
#define MSHIM_ALLOCATOR(identifier, name, version, help) item(name, "", help);
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
}

static void environment(void) {
    section("ENVIRONMENT", environment_text);
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *row = &mshim_option_rows[i];
        char accepted[MSHIM_REFUSAL_BYTES];
        mshim_option_accepted(accepted, sizeof accepted, row, true);
        item(row->variable, accepted, row->help);
    }
    item("LD_PRELOAD", "", preload_text);
    item("MSHIM_FIRST", "", first_text);
}

static void synopsis(void) {
    const char *separator = "";
    section("SYNOPSIS", NULL);
#define MSHIM_COMMAND(name, arguments, help, details)                                                        \
    printf("%s.B mshim %s\n%s%s", separator, #name, arguments, sizeof arguments > 1 ? "\n" : "");            \
    separator = ".br\n";
#define MSHIM_FLAG(flag, help)
#include "command/commands.def"
#undef MSHIM_COMMAND
#undef MSHIM_FLAG
}

int main(void) {
    puts(".\\\" made by shim/command/manual/manual.c from the tables of options, commands and allocators");
    puts(".TH MSHIM 1 \"2026-11-24\" \"mshim " MSHIM_VERSION "\" \"\"");
    section("NAME", "mshim - run programs with another memory allocator, and count what they allocate");
    synopsis();
    section("DESCRIPTION", description_text);
    commands();
    allocators();
    environment();
    section("REPORTS", reports_text);
    section("LIVE COUNTERS", live_text);
    section("FILES", NULL);
    for (size_t i = 0; i < sizeof files_text / sizeof *files_text; i++)
        item(files_text[i][0], "", files_text[i][1]);
    section("EXIT STATUS", exit_text);
    section("NOTES", notes_text);
    section("EXAMPLES", NULL);
    for (size_t i = 0; i < sizeof examples_text / sizeof *examples_text; i++)
        item(examples_text[i][0], "", examples_text[i][1]);
    section("SEE ALSO", "ld.so(8), malloc(3), jemalloc(3)");
    return fflush(stdout) != 0 || ferror(stdout);
}
