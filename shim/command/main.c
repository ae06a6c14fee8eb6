/* SPDX-License-Identifier: MIT */
#include "command/command.h"

#include <errno.h>
#include <getopt.h>
#include <mshim.h>
#include <string.h>
#include <unistd.h>

struct command {
    const char *name, *arguments, *help, *details;
    int (*function)(int argc, char **argv); /* NULL: a flag of the command above, `name` */
};

static const struct command rows[] = {
#define MSHIM_COMMAND(name, arguments, help, details) {#name, arguments, help, details, mshim_command_##name},
#define MSHIM_FLAG(flag, help)                        {flag, NULL, help, NULL, NULL},
#include "command/commands.def"
#undef MSHIM_COMMAND
#undef MSHIM_FLAG
};

enum { ROWS = sizeof rows / sizeof *rows, COLUMN = 16 };

static const struct command *find(const char *name) {
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].function && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

void mshim_print_usage(FILE *out, const char *name) {
    const struct command *const command = find(name);
    fprintf(out, "usage: mshim %s%s%s\n", name, *command->arguments ? " " : "", command->arguments);
}

static void print_flag(const char *flag, const char *help) {
    if (strlen(flag) < COLUMN)
        printf("  %-*s%s\n", COLUMN, flag, help);
    else
        printf("  %s\n  %*s%s\n", flag, COLUMN, "", help);
}

static void print_command_help(const struct command *command) {
    mshim_print_usage(stdout, command->name);
    putchar('\n');
    mshim_print_wrapped(0, command->details);
    putchar('\n');
    for (const struct command *flag = command + 1; flag < rows + ROWS && !flag->function; flag++)
        print_flag(flag->name, flag->help);
    print_flag("--help", "shows this");
    print_flag("--version", "shows the version");
}

static void print_help(FILE *out) {
    fputs("usage: mshim COMMAND ...\n\n", out);
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].function)
            fprintf(out, "  %-*s%s\n", COLUMN, rows[i].name, rows[i].help);
    fputs("\nmshim COMMAND --help says more, mshim --version shows the version.\n", out);
}

static void print_version(void) {
    puts("mshim " MSHIM_VERSION);
}

const char *mshim_long_flag;

enum { LONG_FLAGS = 16 };

/* The long flags of a command, by its rows: "--check", or with a value "--time SECONDS". Their names stand in
 * `names`. */
static void long_flags(const char *command, struct option flags[LONG_FLAGS], char names[LONG_FLAGS][32]) {
    size_t count = 0;
    flags[count++] = (struct option){"help", no_argument, NULL, 'h'};
    flags[count++] = (struct option){"version", no_argument, NULL, 'v'};
    for (const struct command *row = find(command) + 1; row < rows + ROWS && !row->function; row++) {
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
    case 'h':
        print_command_help(find(argv[0]));
        return '?';
    case 'v':
        print_version();
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

static int unknown(const char *name) {
    char names[512] = "";
    for (size_t i = 0, used = 0; i < ROWS; i++)
        if (rows[i].function)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "",
                                     rows[i].name);
    mshim_message("there is no command %s; accepted: %s", *name ? name : "''", names);
    return MSHIM_MISUSE;
}

static int dispatch(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return MSHIM_MISUSE;
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_help(stdout);
        return MSHIM_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        print_version();
        return MSHIM_DONE;
    }
    const struct command *command = find(argv[1]);
    return command ? command->function(argc - 1, argv + 1) : unknown(argv[1]);
}

int main(int argc, char **argv) {
    const int status = dispatch(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout) || (close(STDOUT_FILENO) != 0 && errno != EBADF)) {
        mshim_message("cannot write the output: %s", strerror(errno));
        return status == MSHIM_DONE ? MSHIM_NO : status;
    }
    return status;
}
