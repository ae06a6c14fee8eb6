/* SPDX-License-Identifier: MIT */
#include "command/compare/supervise.h"
#include "command/compare/child.h"
#include "command/compare/ready.h"
#include "command/compare/sampler.h"
#include "command/compare/tree.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STOP_PATIENCE_SECONDS = 10, PROBE_NS = 5000000, KILL_TRIES = 1000, DRAIN_READS = 256 };

static struct {
    volatile sig_atomic_t abandoned;
    pid_t main_pid;
    volatile uint64_t main_ended_ns; /* as the signal said; 0: not yet */
    int wake_fd;
} seen;

struct supervision {
    const struct mshim_job *job;
    struct mshim_job_outcome *outcome;
    struct mshim_sampler sampler;
    struct mshim_child child;
    int stop_fd, ready_fd;
    uint64_t started_ns, ended_ns, next_probe_ns, kill_at_ns;
    bool main_ended, ready, asked_to_stop;
    struct rusage used; /* sums; ru_maxrss the largest */
};

static void wake(int fd) {
    const uint64_t one = 1;
    (void)!write(fd, &one, sizeof one);
}

/* The time of the end is taken here, and not when a sample that is under way is done. */
static void on_signal(int number, siginfo_t *info, void *context) {
    const int error = errno;
    (void)context;
    if (number != SIGCHLD)
        seen.abandoned = 1;
    else if (info->si_pid == seen.main_pid && seen.main_ended_ns == 0)
        seen.main_ended_ns = mshim_now_ns();
    wake(seen.wake_fd);
    errno = error;
}

static const int caught[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};

static bool catch_signals(void) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_NOCLDSTOP};
    seen.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        struct sigaction before;
        const bool known = sigaction(caught[i], NULL, &before) == 0;
        if (caught[i] == SIGCHLD || !known || before.sa_handler != SIG_IGN) /* as under nohup */
            sigaction(caught[i], &action, NULL);
    }
    return seen.wake_fd >= 0;
}

/* Starts the command; false with errno set. */
static bool start(struct supervision *run) {
    const struct mshim_job *const job = run->job;
    sigset_t children, before;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, &before); /* not before main_pid is known */
    const bool prepared = mshim_child_prepare(&run->child, job, &before);
    seen.main_pid = run->child.pid;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!prepared)
        return false;
    if (job->cgroup.path[0])
        run->sampler.in_cgroup = mshim_cgroup_enter(&job->cgroup, seen.main_pid);
    run->started_ns = mshim_now_ns();
    return mshim_child_go(&run->child);
}

static void add(struct rusage *sum, const struct rusage *more) {
    timeradd(&sum->ru_utime, &more->ru_utime, &sum->ru_utime);
    timeradd(&sum->ru_stime, &more->ru_stime, &sum->ru_stime);
    sum->ru_minflt += more->ru_minflt;
    sum->ru_majflt += more->ru_majflt;
    sum->ru_nvcsw += more->ru_nvcsw;
    sum->ru_nivcsw += more->ru_nivcsw;
    if (more->ru_maxrss > sum->ru_maxrss)
        sum->ru_maxrss = more->ru_maxrss;
}

/* Waits for whoever has ended. False where there is nobody left. */
static bool reap(struct supervision *run, int flags) {
    struct rusage used;
    int status;
    pid_t pid;
    while ((pid = wait4(-1, &status, flags, &used)) > 0) {
        add(&run->used, &used);
        if (pid == seen.main_pid) {
            run->main_ended = true;
            run->ended_ns = seen.main_ended_ns ? seen.main_ended_ns : mshim_now_ns();
            run->outcome->status = status;
        }
    }
    return pid == 0 || errno == EINTR;
}

/* Reads a pipe to what it has now; closes it at its end. */
static void drain(int *fd, struct mshim_capture *capture) {
    if (*fd >= 0 && !mshim_capture_read(capture, *fd)) {
        close(*fd);
        *fd = -1;
    }
}

/* All that is left in a pipe whose writers are gone; should one be left after all, so many reads. */
static void drain_to_end(int *fd, struct mshim_capture *capture) {
    struct pollfd readable = {*fd, POLLIN, 0};
    for (int i = 0; *fd >= 0 && i < DRAIN_READS && poll(&readable, 1, 0) > 0; i++)
        drain(fd, capture);
}

static void note_exec(struct supervision *run) {
    const ssize_t size = read(run->child.exec_fd, &run->outcome->error, sizeof(int));
    if (size == sizeof(int))
        run->outcome->state = MSHIM_JOB_CANNOT_START;
    if (size >= 0 || errno != EAGAIN) {
        close(run->child.exec_fd);
        run->child.exec_fd = -1;
    }
}

static void become_ready(struct supervision *run, uint64_t now_ns) {
    run->ready = true;
    run->outcome->values[MSHIM_MEASURE_ready] = (double)(now_ns - run->started_ns) / 1e9;
    run->outcome->state = MSHIM_JOB_READY;
    wake(run->ready_fd);
}

static void look_whether_ready(struct supervision *run, uint64_t now_ns) {
    const char *const text = run->job->ready_when;
    unsigned port;
    if (!text || run->ready)
        return;
    if (!mshim_ready_port(text, &port)) {
        if (mshim_capture_has(&run->outcome->output, text) || mshim_capture_has(&run->outcome->errors, text))
            become_ready(run, now_ns);
    } else if (now_ns >= run->next_probe_ns) {
        run->next_probe_ns = now_ns + PROBE_NS;
        if (mshim_ready_port_accepts(port))
            become_ready(run, now_ns);
    }
}

static void ask_to_stop(struct supervision *run, uint64_t now_ns) {
    uint64_t asked;
    if (read(run->stop_fd, &asked, sizeof asked) != sizeof asked || run->asked_to_stop)
        return;
    run->asked_to_stop = true;
    run->kill_at_ns = now_ns + STOP_PATIENCE_SECONDS * (uint64_t)MSHIM_NS_PER_SECOND;
    kill(seen.main_pid, run->job->stop_with);
}

static uint64_t wait_ns(const struct supervision *run, uint64_t now_ns) {
    uint64_t until_ns = now_ns + MSHIM_NS_PER_SECOND;
    if (run->job->arm && run->sampler.next_ns < until_ns)
        until_ns = run->sampler.next_ns;
    if (run->job->ready_when && !run->ready && run->next_probe_ns < until_ns)
        until_ns = run->next_probe_ns > now_ns ? run->next_probe_ns : now_ns + PROBE_NS;
    return until_ns > now_ns ? until_ns - now_ns : 0;
}

static void wait_for_something(struct supervision *run) {
    struct pollfd fds[] = {{seen.wake_fd, POLLIN, 0},
                           {run->stop_fd, POLLIN, 0},
                           {run->child.exec_fd, POLLIN, 0},
                           {run->child.out_fd, POLLIN, 0},
                           {run->child.err_fd, POLLIN, 0}};
    const uint64_t patience_ns = wait_ns(run, mshim_now_ns());
    const struct timespec wait = mshim_ns_timespec(patience_ns);
    uint64_t woken;
    ppoll(fds, sizeof fds / sizeof *fds, &wait, NULL);
    if (fds[0].revents)
        (void)!read(seen.wake_fd, &woken, sizeof woken);
    if (fds[2].revents)
        note_exec(run);
    if (fds[3].revents)
        drain(&run->child.out_fd, &run->outcome->output);
    if (fds[4].revents)
        drain(&run->child.err_fd, &run->outcome->errors);
}

static void watch(struct supervision *run) {
    while (!seen.abandoned && !run->main_ended) {
        wait_for_something(run);
        reap(run, WNOHANG);
        const uint64_t now_ns = mshim_now_ns();
        look_whether_ready(run, now_ns);
        if (run->ready)
            ask_to_stop(run, now_ns);
        if (run->asked_to_stop && now_ns > run->kill_at_ns) {
            run->outcome->was_killed = true;
            break;
        }
        if (run->job->arm && !run->main_ended)
            mshim_sampler_look(&run->sampler, now_ns - run->started_ns);
    }
}

/* Whatever is below this process, until nothing is. */
static void kill_all(struct supervision *run) {
    for (int i = 0; reap(run, WNOHANG) && i < KILL_TRIES; i++) {
        struct pollfd woken = {seen.wake_fd, POLLIN, 0};
        uint64_t count;
        mshim_tree_kill();
        if (poll(&woken, 1, 10) > 0)
            (void)!read(seen.wake_fd, &count, sizeof count);
    }
}

static double seconds_of(const struct timeval *time) {
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void fill_outcome(struct supervision *run) {
    struct mshim_job_outcome *const outcome = run->outcome;
    double *const values = outcome->values;
    const struct rusage *const used = &run->used;
    const uint64_t end_ns = run->main_ended ? run->ended_ns : mshim_now_ns();
    outcome->seconds = (double)(end_ns - run->started_ns) / 1e9;
    values[MSHIM_MEASURE_wall] = outcome->seconds;
    values[MSHIM_MEASURE_user] = seconds_of(&used->ru_utime);
    values[MSHIM_MEASURE_system] = seconds_of(&used->ru_stime);
    values[MSHIM_MEASURE_max_rss] = (double)used->ru_maxrss * 1024;
    values[MSHIM_MEASURE_page_faults_minor] = (double)used->ru_minflt;
    values[MSHIM_MEASURE_page_faults_major] = (double)used->ru_majflt;
    values[MSHIM_MEASURE_context_switches_voluntary] = (double)used->ru_nvcsw;
    values[MSHIM_MEASURE_context_switches_involuntary] = (double)used->ru_nivcsw;
    outcome->cpu_seconds = values[MSHIM_MEASURE_user] + values[MSHIM_MEASURE_system];
    values[MSHIM_MEASURE_peak_memory] = mshim_sampler_peak(&run->sampler, values[MSHIM_MEASURE_max_rss]);
    outcome->in_cgroup = run->sampler.in_cgroup;
    outcome->samples = run->sampler.samples;
    if (outcome->state == MSHIM_JOB_CANNOT_START)
        return;
    outcome->state = seen.abandoned       ? MSHIM_JOB_ABANDONED
                     : run->asked_to_stop ? MSHIM_JOB_STOPPED
                                          : MSHIM_JOB_ENDED;
}

void mshim_supervise(struct mshim_job_outcome *outcome, const struct mshim_job *job, pid_t parent,
                     int stop_fd, int wake_fd) {
    static struct supervision run;
    run = (struct supervision){.job = job,
                               .outcome = outcome,
                               .stop_fd = stop_fd,
                               .ready_fd = wake_fd,
                               .child = {.go_fd = -1, .exec_fd = -1, .out_fd = -1, .err_fd = -1}};
    for (size_t i = 0; i < MSHIM_MEASURES; i++)
        outcome->values[i] = NAN;
    mshim_sampler_start(&run.sampler, job, outcome);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !catch_signals() || !start(&run)) {
        outcome->error = errno;
        outcome->state = MSHIM_JOB_CANNOT_SUPERVISE;
    } else {
        watch(&run);
    }
    kill_all(&run);
    if (run.child.exec_fd >= 0)
        note_exec(&run);
    drain_to_end(&run.child.out_fd, &outcome->output);
    drain_to_end(&run.child.err_fd, &outcome->errors);
    if (outcome->state != MSHIM_JOB_CANNOT_SUPERVISE)
        fill_outcome(&run);
    if (run.sampler.in_cgroup)
        mshim_cgroup_remove(&run.sampler.cgroup);
    if (job->reports && getppid() != parent)
        mshim_report_folder_remove(job->reports); /* nobody else is left to do it */
    _exit(0);
}
