/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/inspect/parts.h"
#include "command/inspect/process.h"
#include "command/launch/active.h"
#include "command/launch/plan.h"
#include "command/launch/variables.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct request {
    bool strict, quiet;
};

static void print(const struct request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void print(const struct request *request, const char *format, ...) {
    char line[4 * PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (!request->quiet)
        mshim_print("%s", line);
}

static int no(const struct request *request, const char *what, const char *why) {
    print(request, "not active%s: %s", what, why);
    return MSHIM_NO;
}

/* The parts, or those that are off. */
static void print_parts(const struct request *request, const struct mshim_part parts[MSHIM_PARTS],
                        bool only_off) {
    char line[400];
    for (size_t i = 0; i < MSHIM_PARTS; i++)
        if (parts[i].state == MSHIM_PART_OFF || (parts[i].state == MSHIM_PART_ON && !only_off)) {
            mshim_part_line(&parts[i], line, sizeof line);
            print(request, "  %s", line);
        }
}

static bool is_set(const char *variable) {
    const char *const value = getenv(variable);
    return value && *value;
}

/* As the marker of a process would have it that is started with these options; of Python only what is known
 * to keep it from its objects, since whether the process is a Python is not. */
static void foretell(struct mshim_marker *marker, const struct mshim_options *options,
                     enum mshim_flavour libc) {
    *marker = (struct mshim_marker){.found = true, .active = true, .stats_file_mapped = true};
    snprintf(marker->libc, sizeof marker->libc, "%s", mshim_flavour_name(libc));
    snprintf(marker->stats, sizeof marker->stats, "%s", options->stats ? "on" : "off");
    snprintf(marker->memfuncs, sizeof marker->memfuncs, "%s",
             options->memfuncs && libc == MSHIM_MUSL ? "on" : "off");
    const char *const why =
        strcmp(mshim_option_value(options, &mshim_option_rows[MSHIM_OPTION_python]), "off") == 0 ? "option"
        : is_set("PYTHONMALLOC")  ? "PYTHONMALLOC"
        : is_set("PYTHONDEVMODE") ? "PYTHONDEVMODE"
                                  : "";
    if (*why)
        strcpy(marker->python, "off");
    snprintf(marker->python_why, sizeof marker->python_why, "%s", why);
}

/* Reads the MSHIM_* variables, with messages about those that are invalid or misspelt. */
struct variables {
    bool valid, misspelt;
};

static struct variables read_variables(const struct request *request, struct mshim_plan *plan) {
    char misspelt[1024];
    struct variables variables;
    variables.misspelt =
        mshim_variables_misspelt((const char *const *)environ, misspelt, sizeof misspelt) > 0;
    variables.valid = mshim_plan_read_options(plan);
    if (!request->quiet) {
        mshim_message_lines(misspelt);
        mshim_message_lines(plan->why);
    }
    return variables;
}

/* What would be active where LD_PRELOAD is as it should be. */
static int would_be(const struct request *request, struct mshim_plan *plan, const char *where) {
    struct mshim_marker marker;
    struct mshim_part parts[MSHIM_PARTS];
    const struct variables variables = read_variables(request, plan);
    if (!variables.valid)
        return no(request, where, "the environment has values that cannot be used");
    const struct mshim_library *library = &plan->library;
    print(request, "active%s: %s, %s, %s (mshim %s)", where,
          mshim_allocator_title(plan->options.allocator, library->version),
          mshim_flavour_name(library->flavour), library->path, library->version);
    foretell(&marker, &plan->options, library->flavour);
    mshim_parts_make(parts, &marker);
    print_parts(request, parts, true);
    return request->strict && (variables.misspelt || !mshim_parts_all_on(parts)) ? MSHIM_NO : MSHIM_DONE;
}

static int check_environment(const struct request *request) {
    static struct mshim_plan plan;
    if (!mshim_preload_is_active(getenv("LD_PRELOAD"), MSHIM_NO_FLAVOUR, &plan.library, plan.why,
                                 sizeof plan.why))
        return no(request, " here", plan.why);
    return would_be(request, &plan, " here");
}

/* Of a script that the shell runs. */
static int report_drop(const struct request *request, const struct mshim_target *target) {
    print(request, "not active in what %s%s starts: line %u takes LD_PRELOAD away: %s",
          *target->drop_in ? target->drop_in : "sh -c", *target->drop_in ? "" : " ...", target->drop.line,
          target->drop.text);
    return MSHIM_NO;
}

static int check_command(const struct request *request, char **argv) {
    static struct mshim_plan plan;
    static struct mshim_library library;
    const struct mshim_target *const target = &plan.target;
    char where[PATH_MAX + 8], why[2 * PATH_MAX];
    const bool possible = mshim_plan_make(&plan, argv);
    snprintf(where, sizeof where, " in %s", target->program);
    if (target->verdict != MSHIM_TARGET_LOADABLE)
        return no(request, "", plan.why);
    const char *const list = *target->preload ? target->preload : getenv("LD_PRELOAD");
    if (!mshim_preload_is_active(list, target->flavour, &library, why, sizeof why)) {
        char to_run[sizeof plan.why];
        snprintf(to_run, sizeof to_run, "%s", plan.why);
        (void)read_variables(request, &plan);
        print(request, "not active%s: %s%s; %s%s", where, why, list && *list ? "" : " here",
              possible ? "`mshim run` would make it active" : "nor could `mshim run` make it active: ",
              possible ? "" : to_run);
        return MSHIM_NO;
    }
    plan.library = library;
    return target->drop.line > 0 ? report_drop(request, target) : would_be(request, &plan, where);
}

static int check_process(const struct request *request, pid_t pid) {
    struct mshim_marker marker;
    struct mshim_part parts[MSHIM_PARTS];
    char name[32], where[64], why[2 * PATH_MAX];
    const int error = mshim_process_marker(pid, &marker);
    if (error == ESRCH) {
        snprintf(where, sizeof where, " in %ld", (long)pid);
        return no(request, where, "there is no such process");
    }
    mshim_process_name(pid, name);
    snprintf(where, sizeof where, " in %ld (%s)", (long)pid, name);
    if (error) {
        snprintf(why, sizeof why, "it may not be inspected (%s)", strerror(error));
        return no(request, where, why);
    }
    if (!marker.found) {
        mshim_process_explain(pid, &marker, why, sizeof why);
        return no(request, where, why);
    }
    if (!marker.active) {
        mshim_marker_explain_inactive(&marker, why, sizeof why);
        return no(request, where, why);
    }
    mshim_parts_make(parts, &marker);
    print(request, "active%s: %s, %s, counters %s (mshim %s)", where, parts[MSHIM_PART_ALLOCATOR].text,
          marker.libc, marker.stats, marker.version);
    print_parts(request, parts, false);
    return request->strict && !mshim_parts_all_on(parts) ? MSHIM_NO : MSHIM_DONE;
}

int mshim_command_check(int argc, char **argv) {
    struct request request = {.strict = false};
    int status;
    for (int flag; (flag = mshim_next_flag(argc, argv, "q", &status)) != -1;) {
        if (flag == '?')
            return status;
        if (flag == 'q')
            request.quiet = true;
        else
            request.strict = true;
    }
    if (optind > 1 && strcmp(argv[optind - 1], "--") == 0) {
        if (optind == argc)
            return mshim_misuse(argv[0], "%s: no command given", argv[0]);
        return check_command(&request, argv + optind);
    }
    if (optind == argc)
        return check_environment(&request);
    if (optind + 1 < argc)
        return mshim_misuse(argv[0], "%s: one process id, or a command after --", argv[0]);
    pid_t pid;
    if (!mshim_pid_parse(argv[optind], &pid))
        return mshim_misuse(argv[0], "%s: %s is no process id (a command stands after --)", argv[0],
                            argv[optind]);
    return check_process(&request, pid);
}
