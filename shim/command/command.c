/* SPDX-License-Identifier: MIT */
#include "command/command.h"

#include <getopt.h>
#include <mshim.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
    const char *name, *arguments, *help,
        *details; /* details is NULL: a flag of the subcommand above, `name` */
};

static const struct row rows[] = {
#define MSHIM_COMMAND(name, arguments, help, details) {#name, arguments, help, details},
#define MSHIM_FLAG(flag, help)                        {flag, NULL, help, NULL},
#include "command/commands.def"
#undef MSHIM_COMMAND
#undef MSHIM_FLAG
};
enum { ROWS = sizeof rows / sizeof *rows, COLUMN = 16 };

static const struct row *find(const char *name) {
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].details && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static void print_usage(FILE *out, const struct row *command) {
    fprintf(out, "usage: mshim %s%s%s\n", command->name, *command->arguments ? " " : "", command->arguments);
}

static void print_flag(const char *flag, const char *help) {
    if (strlen(flag) < COLUMN)
        printf("  %-*s%s\n", COLUMN, flag, help);
    else
        printf("  %s\n  %*s%s\n", flag, COLUMN, "", help);
}

bool mshim_print_command_help(const char *name) {
    const struct row *const command = find(name);
    if (!command)
        return false;
    print_usage(stdout, command);
    putchar('\n');
    mshim_print_wrapped(0, command->details);
    putchar('\n');
    for (const struct row *flag = command + 1; flag < rows + ROWS && !flag->details; flag++)
        print_flag(flag->name, flag->help);
    print_flag("--help", "shows this");
    print_flag("--version", "shows the version");
    return true;
}

void mshim_print_help(bool to_stderr) {
    FILE *const out = to_stderr ? stderr : stdout;
    fputs("usage: mshim COMMAND ...\n\n", out);
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].details)
            fprintf(out, "  %-*s%s\n", COLUMN, rows[i].name, rows[i].help);
    fputs("\nmshim help COMMAND says more, mshim --version shows the version.\n", out);
}

void mshim_print_version(void) {
    puts("mshim " MSHIM_VERSION);
}

int mshim_misuse(const char *command, const char *format, ...) {
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    mshim_message("%s", text);
    print_usage(stderr, find(command));
    return MSHIM_MISUSE;
}

int mshim_unknown_command(const char *name) {
    char names[512] = "";
    for (size_t i = 0, used = 0; i < ROWS; i++)
        if (rows[i].details)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "",
                                     rows[i].name);
    mshim_message("there is no command %s; accepted: %s", *name ? name : "''", names);
    return MSHIM_MISUSE;
}

const char *mshim_long_flag;

enum { LONG_FLAGS = 16, FLAG_HELP = 256 /* no letter */, FLAG_VERSION };

/* The long flags of a subcommand, by its rows: "--check", or with a value "--time SECONDS". Their names stand
 * in `names`. */
static void long_flags(const char *command, struct option flags[LONG_FLAGS], char names[LONG_FLAGS][32]) {
    size_t count = 0;
    flags[count++] = (struct option){"help", no_argument, NULL, FLAG_HELP};
    flags[count++] = (struct option){"version", no_argument, NULL, FLAG_VERSION};
    for (const struct row *row = find(command) + 1; row < rows + ROWS && !row->details; row++) {
        if (strncmp(row->name, "--", 2) != 0 || count + 1 == LONG_FLAGS)
            continue;
        const size_t length = strcspn(row->name + 2, " ");
        snprintf(names[count], sizeof names[count], "%.*s", (int)length, row->name + 2);
        flags[count] =
            (struct option){names[count], row->name[2 + length] ? required_argument : no_argument, NULL, '-'};
        count++;
    }
    flags[count] = (struct option){NULL, 0, NULL, 0};
}

int mshim_next_flag(int argc, char **argv, const char *letters, int *status) {
    static struct option flags[LONG_FLAGS];
    static char names[LONG_FLAGS][32];
    int index = 0;
    long_flags(argv[0], flags, names);
    char with_mode[32];
    snprintf(with_mode, sizeof with_mode, "+:%s", letters);
    opterr = 0;
    const int flag = getopt_long(argc, argv, with_mode, flags, &index);
    *status = MSHIM_DONE;
    switch (flag) {
    case FLAG_HELP:
        mshim_print_command_help(argv[0]);
        return '?';
    case FLAG_VERSION:
        mshim_print_version();
        return '?';
    case '-':
        mshim_long_flag = flags[index].name;
        return '-';
    case ':':
        *status = optopt == '-' ? mshim_misuse(argv[0], "%s: %s needs a value", argv[0], argv[optind - 1])
                                : mshim_misuse(argv[0], "%s: -%c needs a value", argv[0], optopt);
        return '?';
    case '?':
        if (optopt && strchr(letters, optopt) == NULL && argv[optind - 1][1] != '-')
            *status = mshim_misuse(argv[0], "%s: there is no option -%c", argv[0], optopt);
        else
            *status = mshim_misuse(argv[0], "%s: there is no option %s", argv[0], argv[optind - 1]);
        return '?';
    default:
        return flag;
    }
}

bool mshim_no_arguments(int argc, char **argv, int *status) {
    if (mshim_next_flag(argc, argv, "", status) == '?')
        return false;
    if (optind == argc)
        return true;
    *status = mshim_misuse(argv[0], "%s: takes no arguments, got %s", argv[0], argv[optind]);
    return false;
}
