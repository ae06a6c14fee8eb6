/* SPDX-License-Identifier: MIT */
#include "command/compare/runner.h"
#include "command/compare/environment.h"
#include "command/compare/load.h"
#include "command/compare/ready.h"
#include "command/compare/tree.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t signal_seen;
static int woken_by_signals = -1;

static void on_signal(int number) {
    const int error = errno;
    const uint64_t one = 1;
    if (number != SIGCHLD)
        signal_seen = number;
    (void)!write(woken_by_signals, &one, sizeof one);
    errno = error;
}

int mshim_runner_signal(void) {
    return signal_seen;
}

/* What was ignored from the start (nohup) stays so. */
static void catch_signals(void) {
    static const int numbers[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_NOCLDSTOP}, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 &&
            (numbers[i] == SIGCHLD || before.sa_handler != SIG_IGN))
            sigaction(numbers[i], &action, NULL);
}

/* So that no pipe of ours becomes a standard stream. What is written to a closed stdout fails as before. */
static void fill_standard_streams(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
}

bool mshim_runner_open(struct mshim_runner *runner) {
    fill_standard_streams();
    runner->wake_fd = woken_by_signals = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (runner->wake_fd < 0 || !mshim_supervisor_open(&runner->command) ||
        !mshim_supervisor_open(&runner->load))
        return false;
    catch_signals();
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* for what a supervisor leaves that is killed */
    return true;
}

void mshim_runner_close(struct mshim_runner *runner) {
    mshim_supervisor_close(&runner->command);
    mshim_supervisor_close(&runner->load);
}

static enum mshim_run_end fail(struct mshim_runner *runner, const struct mshim_capture *errors,
                               const char *format, ...) __attribute__((format(printf, 3, 4)));

static enum mshim_run_end fail(struct mshim_runner *runner, const struct mshim_capture *errors,
                               const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(runner->why, sizeof runner->why, format, arguments);
    va_end(arguments);
    runner->errors = errors;
    return MSHIM_RUN_FAILED;
}

static void describe_status(char *text, size_t size, int status) {
    if (WIFSIGNALED(status))
        snprintf(text, size, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(text, size, "exit status %d", WEXITSTATUS(status));
}

static void wait_for_change(struct mshim_runner *runner) {
    struct pollfd woken = {runner->wake_fd, POLLIN, 0};
    uint64_t count;
    if (poll(&woken, 1, 250) > 0)
        (void)!read(runner->wake_fd, &count, sizeof count);
    mshim_progress_show(runner->progress);
}

/* Ends the supervisors, and what is left of their trees where they could not. */
static void abandon_all(struct mshim_runner *runner) {
    mshim_supervisor_abandon(&runner->load);
    mshim_supervisor_abandon(&runner->command);
    bool command = false, load = false;
    while (!(command = command || mshim_supervisor_ended(&runner->command)) ||
           !(load = load || mshim_supervisor_ended(&runner->load)))
        wait_for_change(runner);
    while (mshim_tree_kill() > 0)
        while (waitpid(-1, NULL, 0) > 0)
            continue;
}

static bool start_load(struct mshim_runner *runner, char **environment) {
    static char *argv[] = {"sh", "-c", NULL, NULL};
    argv[2] = (char *)runner->settings->load;
    const struct mshim_job job = {.argv = argv, .environment = environment, .file = "/bin/sh"};
    return mshim_supervisor_start(&runner->load, &job, runner->wake_fd);
}

/* What the load came to. */
static enum mshim_run_end judge_load(struct mshim_runner *runner, const struct mshim_arm *arm,
                                     struct mshim_run *run) {
    const struct mshim_job_outcome *const load = runner->load.outcome;
    char how[128];
    if (load->state != MSHIM_JOB_ENDED)
        return fail(runner, NULL, "the load cannot be started: %s", strerror(load->error));
    describe_status(how, sizeof how, load->status);
    if (load->status != 0)
        return fail(runner, &load->errors, "the load failed under %s: %s", arm->name, how);
    run->values[MSHIM_MEASURE_wall] = load->seconds;
    mshim_load_read(run->values, load->output.bytes);
    return MSHIM_RUN_DONE;
}

/* Goes on until the command has ended, with the load in between. */
static enum mshim_run_end see_through(struct mshim_runner *runner, const struct mshim_arm *arm,
                                      char **load_environment, struct mshim_run *run) {
    const struct mshim_comparison_settings *const settings = runner->settings;
    const struct mshim_job_outcome *const command = runner->command.outcome;
    const uint64_t started_ns = mshim_now_ns();
    enum mshim_run_end end = MSHIM_RUN_DONE;
    bool was_ready = false, load_runs = false;
    while (!mshim_supervisor_ended(&runner->command)) {
        if (signal_seen) {
            end = MSHIM_RUN_INTERRUPTED;
            break;
        }
        if (!was_ready && command->state == MSHIM_JOB_READY) {
            was_ready = true;
            load_runs = settings->load != NULL;
            if (!load_runs) {
                mshim_supervisor_stop(&runner->command);
            } else if (!start_load(runner, load_environment)) {
                end = fail(runner, NULL, "the load cannot be started: %s", strerror(errno));
                break;
            }
        } else if (load_runs && mshim_supervisor_ended(&runner->load)) {
            load_runs = false;
            end = judge_load(runner, arm, run);
            if (end != MSHIM_RUN_DONE)
                break;
            mshim_supervisor_stop(&runner->command);
        } else if (settings->ready_when && !was_ready &&
                   (double)(mshim_now_ns() - started_ns) > settings->seconds * 1e9) {
            end =
                fail(runner, &command->errors, "the command was not ready (%s) within %.0f seconds under %s",
                     settings->ready_when, settings->seconds, arm->name);
            break;
        }
        wait_for_change(runner);
    }
    abandon_all(runner);
    return end;
}

static enum mshim_run_end judge_command(struct mshim_runner *runner, const struct mshim_arm *arm) {
    const struct mshim_job_outcome *const command = runner->command.outcome;
    char how[128];
    switch (command->state) {
    case MSHIM_JOB_STOPPED:
        return MSHIM_RUN_DONE;
    case MSHIM_JOB_CANNOT_START:
        return fail(runner, NULL, "%s: %s", runner->file, strerror(command->error));
    case MSHIM_JOB_ENDED:
        describe_status(how, sizeof how, command->status);
        if (runner->settings->ready_when)
            return fail(runner, &command->errors, "the command ended by itself under %s: %s", arm->name, how);
        return command->status == 0
                   ? MSHIM_RUN_DONE
                   : fail(runner, &command->errors, "the command failed under %s: %s", arm->name, how);
    case MSHIM_JOB_CANNOT_SUPERVISE:
        return fail(runner, NULL, "a process to measure in cannot be set up: %s", strerror(command->error));
    default:
        return fail(runner, NULL, "the process that measures was killed");
    }
}

static void take_values(struct mshim_runner *runner, struct mshim_run *run) {
    const struct mshim_job_outcome *const command = runner->command.outcome;
    double load[MSHIM_MEASURES];
    memcpy(load, run->values, sizeof load);
    memcpy(run->values, command->values, sizeof run->values);
    run->samples = command->samples;
    run->in_cgroup = command->in_cgroup;
    run->was_killed = command->was_killed;
    if (!runner->settings->ready_when)
        return;
    run->values[MSHIM_MEASURE_wall] = command->values[MSHIM_MEASURE_ready];
    for (size_t i = 0; i < MSHIM_MEASURES; i++)
        if (!isnan(load[i]))
            run->values[i] = load[i];
    if ((run->points = malloc(sizeof command->points))) {
        memcpy(run->points, command->points, sizeof command->points);
        run->point_count = command->point_count;
    }
}

enum mshim_run_end mshim_runner_run(struct mshim_runner *runner, const struct mshim_arm *arm,
                                    enum mshim_run_kind kind, struct mshim_run *run) {
    const struct mshim_comparison_settings *const settings = runner->settings;
    struct mshim_report_folder *const reports = kind == MSHIM_RUN_COUNTED ? &runner->reports : NULL;
    char **environment =
        mshim_environment_make(arm, runner->environment, reports ? reports->report : NULL, runner->counter);
    char **load_environment = mshim_environment_make(NULL, runner->environment, NULL, NULL);
    struct mshim_job job = {.argv = runner->argv,
                            .environment = environment,
                            .file = runner->file,
                            .arm = arm,
                            .reports = reports,
                            .closely = kind == MSHIM_RUN_CLOSELY,
                            .ready_when = settings->ready_when,
                            .stop_with = settings->stop_with};
    unsigned port;
    enum mshim_run_end end;
    *run = (struct mshim_run){0};
    for (size_t i = 0; i < MSHIM_MEASURES; i++)
        run->values[i] = NAN;
    if (!environment || !load_environment)
        end = fail(runner, NULL, "%s", strerror(ENOMEM));
    else if (job.ready_when && mshim_ready_port(job.ready_when, &port) && mshim_ready_port_accepts(port))
        end = fail(runner, NULL, "something else listens on port %u already", port);
    else {
        const bool grouped = mshim_cgroup_make(&job.cgroup);
        end = mshim_supervisor_start(&runner->command, &job, runner->wake_fd)
                  ? see_through(runner, arm, load_environment, run)
                  : fail(runner, NULL, "no process can be started: %s", strerror(errno));
        if (end == MSHIM_RUN_DONE)
            end = judge_command(runner, arm);
        if (grouped)
            mshim_cgroup_remove(&job.cgroup);
    }
    if (end == MSHIM_RUN_DONE)
        take_values(runner, run);
    if (signal_seen)
        end = MSHIM_RUN_INTERRUPTED;
    mshim_environment_free(environment);
    mshim_environment_free(load_environment);
    return end;
}
