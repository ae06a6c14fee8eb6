/* SPDX-License-Identifier: MIT */
#include "command/stat.h"

#include "command/command.h"
#include "command/inspect/stats_report.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool read_format(const char *text, enum mshim_report_format *format) {
    static const char *const names[] = {"text", "json", "prom"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            *format = (enum mshim_report_format)i;
            return true;
        }
    return false;
}

/* From a hundredth of a second to a day. */
static bool read_seconds(const char *text, uint64_t *interval_ns) {
    char *end;
    const double seconds = strtod(text, &end);
    if (*text < '.' || *text > '9' || *end || !(seconds >= 0.01 && seconds <= 86400))
        return false;
    *interval_ns = (uint64_t)(seconds * 1e9);
    return true;
}

/* Options may stand before and after what is to be read. False: the exit status is in *status. */
static bool read_arguments(int argc, char **argv, struct mshim_stat *request, int *status) {
    while (optind < argc) {
        if (strcmp(argv[optind], "--all") == 0) {
            request->all = true;
            optind++;
            continue;
        }
        const int flag = mshim_next_flag(argc, argv, "f:i:", status);
        if (flag == '?')
            return false;
        if (flag == 'f' && !read_format(optarg, &request->format)) {
            *status = mshim_misuse(argv[0], "%s: -f %s cannot be used; accepted: text, json, prom", argv[0],
                                   optarg);
            return false;
        }
        if (flag == 'i' && !read_seconds(optarg, &request->interval_ns)) {
            *status = mshim_misuse(argv[0], "%s: -i %s cannot be used; accepted: seconds, from 0.01 to 86400",
                                   argv[0], optarg);
            return false;
        }
        if (flag != -1)
            continue;
        if (optind < argc && request->which) {
            *status = mshim_misuse(argv[0], "%s: one process id or file, or --all", argv[0]);
            return false;
        }
        if (optind < argc)
            request->which = argv[optind++];
    }
    if (request->all == (request->which != NULL)) {
        *status = mshim_misuse(argv[0],
                               request->all ? "%s: a process id or file, or --all, not both"
                                            : "%s: which process? Its id, a page file, or --all",
                               argv[0]);
        return false;
    }
    return true;
}

static void only_interrupt(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGINT);
}

void mshim_stat_begin_waiting(void) {
    sigset_t interrupt;
    only_interrupt(&interrupt);
    sigprocmask(SIG_BLOCK, &interrupt, NULL);
}

bool mshim_stat_wait(uint64_t began_ns, uint64_t interval_ns) {
    sigset_t interrupt;
    only_interrupt(&interrupt);
    const uint64_t passed_ns = mshim_now_ns() - began_ns;
    const uint64_t left_ns = interval_ns - passed_ns % interval_ns;
    const struct timespec left = {(time_t)(left_ns / 1000000000u), (long)(left_ns % 1000000000u)};
    int signal;
    do
        signal = sigtimedwait(&interrupt, NULL, &left);
    while (signal < 0 && errno == EINTR);
    return signal != SIGINT;
}

int mshim_command_stat(int argc, char **argv) {
    struct mshim_stat request = {.format = MSHIM_REPORT_TEXT};
    int status;
    if (!read_arguments(argc, argv, &request, &status))
        return status;
    return request.all ? mshim_stat_all(&request) : mshim_stat_one(&request);
}
