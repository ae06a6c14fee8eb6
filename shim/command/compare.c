/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/compare/json.h"
#include "command/compare/output.h"
#include "command/compare/save.h"
#include "command/compare/session.h"
#include "command/html/html.h"
#include "command/launch/plan.h"
#include "command/launch/target.h"
#include "shared/options/options.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS_DEFAULT = 80, RUNS_MAX = 1000, SECONDS_DEFAULT = 300 }; /* named in commands.def, too */
static const double default_precision_percent = 3;

static const struct {
    const char *name;
    int number;
} signals[] = {{"TERM", SIGTERM}, {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"HUP", SIGHUP},
               {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"WINCH", SIGWINCH}};

/* "TERM", "SIGTERM" or "15"; 0 for anything else. */
static int read_signal(const char *text) {
    const char *const name = strncmp(text, "SIG", 3) == 0 ? text + 3 : text;
    char *end;
    const long number = strtol(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && number > 0 && number < NSIG)
        return (int)number;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(signals[i].name, name) == 0)
            return signals[i].number;
    return 0;
}

static bool read_number(const char *text, double least, double most, double *number) {
    char *end;
    *number = strtod(text, &end);
    return *text >= '0' && *text <= '9' && !*end && isfinite(*number) && *number >= least && *number <= most;
}

/* The files that can be asked for. */
static const struct {
    char flag;
    mshim_save_writer *write;
} files[] = {{'o', mshim_save_json}, {'r', mshim_html_write}};

enum { FILES = sizeof files / sizeof *files };

/* What the flags ask for. */
struct request {
    struct mshim_comparison comparison;
    bool has_arms, has_stop_with;
    const char *save_as[FILES]; /* NULL: not */
    char why[MSHIM_WHY_BYTES];
};

static bool refuse(struct request *request, const char *flag, const char *value, const char *accepted) {
    char shown[80];
    mshim_option_escape(shown, sizeof shown, value);
    snprintf(request->why, sizeof request->why, "%s %s cannot be used; accepted: %s", flag,
             *shown ? shown : "''", accepted);
    return false;
}

/* Takes a short flag in. False, with the reason, if its value cannot be used. */
static bool take_flag(struct request *request, int flag, const char *value) {
    double number;
    switch (flag) {
    case 'a':
        request->has_arms = true;
        return mshim_arms_add(&request->comparison.arms, value, request->why, sizeof request->why);
    case 'n':
        if (!read_number(value, 1, RUNS_MAX, &number) || number != floor(number))
            return refuse(request, "-n", value, "1 to 1000 runs");
        request->comparison.settings.runs = (size_t)number;
        return true;
    default:
        for (size_t i = 0; i < FILES; i++)
            if (files[i].flag == flag)
                request->save_as[i] = value;
        return true;
    }
}

static bool take_long_flag(struct request *request, const char *flag, const char *value) {
    struct mshim_comparison_settings *const settings = &request->comparison.settings;
    if (strcmp(flag, "precision") == 0) {
        settings->precision_given = true;
        return read_number(value, 0.01, 100, &settings->precision_percent) ||
               refuse(request, "--precision", value, "0.01 to 100 percent");
    }
    if (strcmp(flag, "time") == 0)
        return read_number(value, 1, 1e6, &settings->seconds) ||
               refuse(request, "--time", value, "1 to 1000000 seconds");
    if (strcmp(flag, "ready-when") == 0) {
        settings->ready_when = value;
        return (*value && strlen(value) <= MSHIM_CAPTURE_TEXT_BYTES) ||
               refuse(request, "--ready-when", value, "a port, or a text of at most 1024 bytes");
    }
    if (strcmp(flag, "load") == 0) {
        settings->load = value;
        return true;
    }
    settings->stop_with = read_signal(value);
    request->has_stop_with = true;
    return settings->stop_with != 0 ||
           refuse(request, "--stop-with", value, "a signal, such as TERM, INT or 15");
}

/* Do the flags fit each other? */
static bool fits(struct request *request) {
    const struct mshim_comparison_settings *const settings = &request->comparison.settings;
    if (!request->has_arms &&
        !mshim_arms_default(&request->comparison.arms, request->why, sizeof request->why))
        return false;
    const char *wrong = NULL;
    if (!settings->ready_when && settings->load)
        wrong = "--load needs --ready-when: a server has to be ready for it";
    else if (!settings->ready_when && request->has_stop_with)
        wrong = "--stop-with needs --ready-when: without it the command is run to its end";
    else if (request->comparison.arms.count < 2)
        wrong = "-a names one arm, and there is nothing to compare it with";
    if (wrong)
        snprintf(request->why, sizeof request->why, "%s", wrong);
    return !wrong;
}

/* The command line as execve wants it: execvp gives a text without a #! line to the shell. Allocated. */
static char **command_line(const struct mshim_target *target, char **argv) {
    size_t count = 0;
    while (argv[count])
        count++;
    char **const words = calloc(count + 2, sizeof *words);
    if (!words)
        return NULL;
    size_t at = 0;
    if (target->by_shell) {
        words[at++] = (char *)"sh";
        words[at++] = (char *)target->file;
    } else {
        words[at++] = argv[0];
    }
    for (size_t i = 1; i < count; i++)
        words[at++] = argv[i];
    return words;
}

static int report_failure(const struct mshim_runner *runner) {
    mshim_message("%s", runner->why);
    const struct mshim_capture *const errors = runner->errors;
    if (errors && errors->used > 0) {
        fwrite(errors->bytes, 1, errors->used, stderr);
        if (errors->bytes[errors->used - 1] != '\n')
            fputc('\n', stderr);
    }
    return MSHIM_NO;
}

/* As many arms as can be compared are left, or why there are none. */
static int judge(const struct mshim_comparison *comparison) {
    if (comparison->arms.arm[0].voided[0])
        mshim_message("the first arm, %s, is void, so that there is nothing to compare with: %s",
                      comparison->arms.arm[0].name, comparison->arms.arm[0].voided);
    else if (mshim_comparison_live(comparison) < 2)
        mshim_message("all arms but the first are void, so that there is nothing to compare");
    else
        return MSHIM_DONE;
    return MSHIM_NO;
}

/* Writes the files that were asked for. */
static bool save_all(const struct request *request, const struct mshim_verdict_text *sentences) {
    size_t length;
    bool well = true;
    signal(SIGXFSZ, SIG_IGN); /* a limit of file size is an error like others */
    char *const json = mshim_comparison_json(&request->comparison, sentences, &length);
    for (size_t i = 0; i < FILES; i++)
        if (request->save_as[i] && !(json && mshim_save(request->save_as[i], files[i].write, json, length))) {
            mshim_message("%s cannot be written: %s", request->save_as[i], strerror(errno));
            well = false;
        }
    free(json);
    return well;
}

/* Could they be written, as far as can be known before? */
static bool can_save_all(struct request *request) {
    for (size_t i = 0; i < FILES; i++)
        if (request->save_as[i] &&
            !mshim_report_possible(request->save_as[i], request->why, sizeof request->why)) {
            mshim_message("-%c %s cannot be used: %s", files[i].flag, request->save_as[i], request->why);
            return false;
        }
    return true;
}

static int run(struct request *request, struct mshim_runner *runner) {
    struct mshim_comparison *const comparison = &request->comparison;
    static struct mshim_verdict_text verdict;
    const enum mshim_run_end end = mshim_session_run(comparison, runner);
    if (end == MSHIM_RUN_FAILED)
        return report_failure(runner);
    if (end == MSHIM_RUN_INTERRUPTED && comparison->turns == 0)
        return MSHIM_NO;
    mshim_verdict_make(&verdict, comparison);
    mshim_comparison_print(comparison, &verdict);
    int status = judge(comparison);
    if (!save_all(request, &verdict))
        status = MSHIM_NO;
    return status;
}

static int compare(struct request *request, char **argv) {
    static struct mshim_target target;
    static struct mshim_runner runner;
    struct mshim_progress progress;
    mshim_target_resolve(&target, argv, getenv("PATH"));
    if (target.verdict == MSHIM_TARGET_NOT_FOUND || target.verdict == MSHIM_TARGET_NOT_EXECUTABLE) {
        mshim_target_explain(&target, request->why, sizeof request->why);
        mshim_message("%s", request->why);
        return MSHIM_NO;
    }
    request->comparison.settings.command = argv;
    char **const words = command_line(&target, argv);
    mshim_progress_start(&progress);
    runner = (struct mshim_runner){.settings = &request->comparison.settings,
                                   .file = target.by_shell ? "/bin/sh" : target.file,
                                   .argv = words,
                                   .environment = environ,
                                   .progress = &progress};
    int status = MSHIM_NO;
    if (words && mshim_runner_open(&runner))
        status = run(request, &runner);
    else
        mshim_message("%s", strerror(errno));
    mshim_runner_close(&runner);
    free(words);
    return status;
}

int mshim_command_compare(int argc, char **argv) {
    static struct request request = {.comparison.settings = {.runs = RUNS_DEFAULT,
                                                             .precision_percent = default_precision_percent,
                                                             .seconds = SECONDS_DEFAULT,
                                                             .stop_with = SIGTERM}};
    int status;
    for (int flag; (flag = mshim_next_flag(argc, argv, "a:n:o:r:", &status)) != -1;) {
        if (flag == '?')
            return status;
        if (!(flag == '-' ? take_long_flag(&request, mshim_long_flag, optarg)
                          : take_flag(&request, flag, optarg))) {
            mshim_message("%s", request.why);
            return MSHIM_MISUSE;
        }
    }
    if (optind == argc)
        return mshim_misuse(argv[0], "%s: no command given", argv[0]);
    if (!fits(&request)) {
        mshim_message("%s", request.why);
        return MSHIM_MISUSE;
    }
    if (!can_save_all(&request))
        return MSHIM_MISUSE;
    status = compare(&request, argv + optind);
    mshim_comparison_free(&request.comparison);
    if (mshim_runner_signal()) {
        fflush(stdout);
        signal(mshim_runner_signal(), SIG_DFL);
        raise(mshim_runner_signal());
    }
    return status;
}
