/* SPDX-License-Identifier: MIT */
#include "command/stat_request.h"

#include "command/command.h"
#include "shared/base/clock.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

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
    *interval_ns = (uint64_t)(seconds * MSHIM_NS_PER_SECOND);
    return true;
}

bool mshim_stat_request_read(struct mshim_stat_request *request, int argc, char **argv, int *status) {
    while (optind < argc) {
        if (strcmp(argv[optind], "--all") == 0) {
            request->all = true;
            optind++;
            continue;
        }
        const int flag = mshim_next_flag(argc, argv, "f:i:v", status);
        if (flag == '?')
            return false;
        if (flag == 'f' && !read_format(optarg, &request->format)) {
            *status = mshim_misuse(argv[0], "%s: -f %s cannot be used; accepted: text, json, prom", argv[0],
                                   optarg);
            return false;
        }
        request->verbose |= flag == 'v';
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
                                            : "%s: which process? Its id, a stats file, or --all",
                               argv[0]);
        return false;
    }
    return true;
}
