/* SPDX-License-Identifier: MIT */
/* The keeper itself. */
#include "command/compare/keeper.h"
#include "shared/base/clock.h"
#include "command/compare/launch.h"
#include "command/compare/memory.h"
#include "command/compare/ready.h"
#include "command/compare/sampler.h"
#include "command/compare/tree.h"

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

enum {
    STOP_PATIENCE_NS = 1000000000,
    STOP_PATIENCE_SECONDS = 10,
    PROBE_NS = 5000000,
    KILL_TRIES = 1000,
    DRAIN_READS = 256
};

static struct {
    volatile sig_atomic_t abandoned;
    pid_t main_pid;
    volatile int64_t main_ended_ns; /* as the signal said; 0: not yet */
    int wake_fd;
} seen;

struct keeping {
    const struct mshim_job *job;
    struct mshim_outcome *outcome;
    struct mshim_sampler sampler;
    struct mshim_launch launch;
    int stop_fd, ready_fd;
    int64_t started_ns, ended_ns, next_probe_ns, kill_at_ns;
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
static bool start(struct keeping *keeping) {
    const struct mshim_job *const job = keeping->job;
    sigset_t children, before;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, &before); /* not before main_pid is known */
    const bool prepared = mshim_launch_prepare(&keeping->launch, job, &before);
    seen.main_pid = keeping->launch.pid;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!prepared)
        return false;
    if (job->cgroup.path[0])
        keeping->sampler.in_cgroup = mshim_cgroup_enter(&job->cgroup, seen.main_pid);
    keeping->started_ns = mshim_now_ns();
    return mshim_launch_go(&keeping->launch);
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
static bool reap(struct keeping *keeping, int flags) {
    struct rusage used;
    int status;
    pid_t pid;
    while ((pid = wait4(-1, &status, flags, &used)) > 0) {
        add(&keeping->used, &used);
        if (pid == seen.main_pid) {
            keeping->main_ended = true;
            keeping->ended_ns = seen.main_ended_ns ? seen.main_ended_ns : mshim_now_ns();
            keeping->outcome->status = status;
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

static void note_exec(struct keeping *keeping) {
    const ssize_t size = read(keeping->launch.exec_fd, &keeping->outcome->error, sizeof(int));
    if (size == sizeof(int))
        keeping->outcome->state = MSHIM_STATE_CANNOT_START;
    if (size >= 0 || errno != EAGAIN) {
        close(keeping->launch.exec_fd);
        keeping->launch.exec_fd = -1;
    }
}

static void become_ready(struct keeping *keeping, int64_t now_ns) {
    keeping->ready = true;
    keeping->outcome->values[MSHIM_MEASURE_ready] = (double)(now_ns - keeping->started_ns) / 1e9;
    keeping->outcome->state = MSHIM_STATE_READY;
    wake(keeping->ready_fd);
}

static void look_whether_ready(struct keeping *keeping, int64_t now_ns) {
    const char *const text = keeping->job->ready_when;
    unsigned port;
    if (!text || keeping->ready)
        return;
    if (!mshim_ready_port(text, &port)) {
        if (mshim_capture_has(&keeping->outcome->output, text) ||
            mshim_capture_has(&keeping->outcome->errors, text))
            become_ready(keeping, now_ns);
    } else if (now_ns >= keeping->next_probe_ns) {
        keeping->next_probe_ns = now_ns + PROBE_NS;
        if (mshim_port_accepts(port))
            become_ready(keeping, now_ns);
    }
}

static void ask_to_stop(struct keeping *keeping, int64_t now_ns) {
    uint64_t asked;
    if (read(keeping->stop_fd, &asked, sizeof asked) != sizeof asked || keeping->asked_to_stop)
        return;
    keeping->asked_to_stop = true;
    keeping->kill_at_ns = now_ns + STOP_PATIENCE_SECONDS * (int64_t)STOP_PATIENCE_NS;
    kill(seen.main_pid, keeping->job->stop_with);
}

static int64_t wait_ns(const struct keeping *keeping, int64_t now_ns) {
    int64_t until_ns = now_ns + 1000000000;
    if (keeping->job->arm && keeping->sampler.next_ns < until_ns)
        until_ns = keeping->sampler.next_ns;
    if (keeping->job->ready_when && !keeping->ready && keeping->next_probe_ns < until_ns)
        until_ns = keeping->next_probe_ns > now_ns ? keeping->next_probe_ns : now_ns + PROBE_NS;
    return until_ns > now_ns ? until_ns - now_ns : 0;
}

static void wait_for_something(struct keeping *keeping) {
    struct pollfd fds[] = {{seen.wake_fd, POLLIN, 0},
                           {keeping->stop_fd, POLLIN, 0},
                           {keeping->launch.exec_fd, POLLIN, 0},
                           {keeping->launch.out_fd, POLLIN, 0},
                           {keeping->launch.err_fd, POLLIN, 0}};
    const int64_t patience_ns = wait_ns(keeping, mshim_now_ns());
    const struct timespec wait = {patience_ns / 1000000000, patience_ns % 1000000000};
    uint64_t woken;
    ppoll(fds, sizeof fds / sizeof *fds, &wait, NULL);
    if (fds[0].revents)
        (void)!read(seen.wake_fd, &woken, sizeof woken);
    if (fds[2].revents)
        note_exec(keeping);
    if (fds[3].revents)
        drain(&keeping->launch.out_fd, &keeping->outcome->output);
    if (fds[4].revents)
        drain(&keeping->launch.err_fd, &keeping->outcome->errors);
}

static void keep(struct keeping *keeping) {
    while (!seen.abandoned && !keeping->main_ended) {
        wait_for_something(keeping);
        reap(keeping, WNOHANG);
        const int64_t now_ns = mshim_now_ns();
        look_whether_ready(keeping, now_ns);
        if (keeping->ready)
            ask_to_stop(keeping, now_ns);
        if (keeping->asked_to_stop && now_ns > keeping->kill_at_ns) {
            keeping->outcome->was_killed = true;
            break;
        }
        if (keeping->job->arm && !keeping->main_ended)
            mshim_sampler_look(&keeping->sampler, now_ns - keeping->started_ns);
    }
}

/* Whatever is below this process, until nothing is. */
static void kill_all(struct keeping *keeping) {
    for (int i = 0; reap(keeping, WNOHANG) && i < KILL_TRIES; i++) {
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

static void tell(struct keeping *keeping) {
    struct mshim_outcome *const outcome = keeping->outcome;
    double *const values = outcome->values;
    const struct rusage *const used = &keeping->used;
    const int64_t end_ns = keeping->main_ended ? keeping->ended_ns : mshim_now_ns();
    outcome->seconds = (double)(end_ns - keeping->started_ns) / 1e9;
    values[MSHIM_MEASURE_wall] = outcome->seconds;
    values[MSHIM_MEASURE_user] = seconds_of(&used->ru_utime);
    values[MSHIM_MEASURE_system] = seconds_of(&used->ru_stime);
    values[MSHIM_MEASURE_max_rss] = (double)used->ru_maxrss * 1024;
    values[MSHIM_MEASURE_page_faults_minor] = (double)used->ru_minflt;
    values[MSHIM_MEASURE_page_faults_major] = (double)used->ru_majflt;
    values[MSHIM_MEASURE_context_switches_voluntary] = (double)used->ru_nvcsw;
    values[MSHIM_MEASURE_context_switches_involuntary] = (double)used->ru_nivcsw;
    outcome->cpu_seconds = values[MSHIM_MEASURE_user] + values[MSHIM_MEASURE_system];
    values[MSHIM_MEASURE_peak_memory] = mshim_sampler_peak(&keeping->sampler, values[MSHIM_MEASURE_max_rss]);
    outcome->in_cgroup = keeping->sampler.in_cgroup;
    outcome->samples = keeping->sampler.samples;
    if (outcome->state == MSHIM_STATE_CANNOT_START)
        return;
    outcome->state = seen.abandoned           ? MSHIM_STATE_ABANDONED
                     : keeping->asked_to_stop ? MSHIM_STATE_STOPPED
                                              : MSHIM_STATE_ENDED;
}

void mshim_keeper_main(struct mshim_outcome *outcome, const struct mshim_job *job, int stop_fd, int wake_fd) {
    static struct keeping keeping;
    keeping = (struct keeping){.job = job,
                               .outcome = outcome,
                               .stop_fd = stop_fd,
                               .ready_fd = wake_fd,
                               .launch = {.go_fd = -1, .exec_fd = -1, .out_fd = -1, .err_fd = -1}};
    for (size_t i = 0; i < MSHIM_MEASURES; i++)
        outcome->values[i] = NAN;
    mshim_sampler_start(&keeping.sampler, job, outcome);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !catch_signals() || !start(&keeping)) {
        outcome->error = errno;
        outcome->state = MSHIM_STATE_CANNOT_KEEP;
    } else {
        keep(&keeping);
    }
    kill_all(&keeping);
    if (keeping.launch.exec_fd >= 0)
        note_exec(&keeping);
    drain_to_end(&keeping.launch.out_fd, &outcome->output);
    drain_to_end(&keeping.launch.err_fd, &outcome->errors);
    if (outcome->state != MSHIM_STATE_CANNOT_KEEP)
        tell(&keeping);
    if (keeping.sampler.in_cgroup)
        mshim_cgroup_remove(&keeping.sampler.cgroup);
    _exit(0);
}
