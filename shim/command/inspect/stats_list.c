/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_list.h"

#include "command/inspect/stats_folder.h"
#include "command/inspect/stats_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one user can have a reader look at, in one folder; and how much is said of what is left out. */
enum { MAX_FILES = 8192, MAX_COMPLAINTS = 20 };
static const uint64_t max_bytes = 1u << 30;

struct reading {
    struct mshim_stats_list *list;
    struct mshim_stats_copy copy;
    void (*complain)(const char *text);
    unsigned complaints;
    uid_t user; /* in whose folder `bytes` were read */
    uint64_t bytes;
    bool only_running, out_of_memory;
};

static bool grow(struct mshim_stats_list *list) {
    if (list->count < list->capacity)
        return true;
    const size_t capacity = list->capacity ? 2 * list->capacity : 64;
    struct mshim_stats_item *const items = realloc(list->items, capacity * sizeof *items);
    if (!items)
        return false;
    list->items = items;
    list->capacity = capacity;
    return true;
}

static bool add(struct reading *reading, const struct stat *file) {
    struct mshim_stats_list *const list = reading->list;
    struct mshim_stats_report *const report = grow(list) ? malloc(sizeof *report) : NULL;
    if (!report) {
        reading->out_of_memory = true;
        return false;
    }
    mshim_stats_report_make(report, &reading->copy);
    report->device = file->st_dev;
    report->inode = file->st_ino;
    list->items[list->count++].reading = report;
    return true;
}

static void complain(struct reading *reading, const struct mshim_stats_place *place, const char *why) {
    char text[PATH_MAX + NAME_MAX + 256];
    reading->list->left_out++;
    if (!reading->complain || reading->complaints++ >= MAX_COMPLAINTS)
        return;
    snprintf(text, sizeof text, "%s/%s: %s", place->path, place->name, why);
    reading->complain(text);
}

/* NULL: it can be listed. */
static const char *reason_to_leave_out(struct reading *reading, const struct stat *file) {
    const struct mshim_stats *const stats = reading->copy.stats;
    static char why[128];
    if (mshim_stats_identify(&reading->copy, file) == MSHIM_IDENTITY_FALSE) {
        snprintf(why, sizeof why, "it is left out: it is not the stats file of process %llu, as it says",
                 (unsigned long long)stats->pid);
        return why;
    }
    return NULL;
}

static bool read_one(const struct mshim_stats_place *place, void *context) {
    struct reading *const reading = context;
    struct stat file;
    char why[256];
    if (reading->user != place->user)
        reading->bytes = 0;
    reading->user = place->user;
    const int fd = mshim_stats_open(place->folder, place->name, O_RDONLY, &file);
    if (fd < 0) {
        if (errno != ENOENT) /* of a process that has just ended */
            complain(reading, place, strerror(errno));
        return true;
    }
    bool more = true;
    if (file.st_nlink > 1) {
        complain(reading, place, "it is left out: it has more than one name");
    } else if (reading->bytes > max_bytes) {
        complain(reading, place, "it is left out: its folder holds too much");
    } else {
        const enum mshim_stats_error error = mshim_stats_read(fd, &reading->copy);
        const bool wanted =
            error == MSHIM_STATS_READ && (!reading->only_running || reading->copy.life == MSHIM_LIFE_RUNNING);
        const char *const reason = wanted ? reason_to_leave_out(reading, &file) : NULL;
        reading->bytes += error == MSHIM_STATS_READ ? reading->copy.bytes : 0;
        mshim_stats_explain(error, &reading->copy, why, sizeof why);
        if (error != MSHIM_STATS_READ || reason)
            complain(reading, place, reason ? reason : why);
        else if (wanted)
            more = add(reading, &file);
    }
    close(fd);
    return more;
}

/* Of several files that say that they are of one running process the first stays: a process has one. */
static int by_process(const void *a, const void *b) {
    const struct mshim_stats_report *const one = ((const struct mshim_stats_item *)a)->reading;
    const struct mshim_stats_report *const other = ((const struct mshim_stats_item *)b)->reading;
    const uint64_t keys[][2] = {{one->report.pid, other->report.pid},
                                {one->report.pid_namespace, other->report.pid_namespace},
                                {one->life, other->life},
                                {other->read_ns, one->read_ns}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

static void drop_doubles(struct mshim_stats_list *list) {
    size_t kept = 0;
    if (list->count > 0) /* without items the pointer is NULL */
        qsort(list->items, list->count, sizeof *list->items, by_process);
    for (size_t i = 0; i < list->count; i++) {
        struct mshim_stats_report *const report = list->items[i].reading;
        const struct mshim_stats_report *const last = kept > 0 ? list->items[kept - 1].reading : NULL;
        if (last && report->life == MSHIM_LIFE_RUNNING && last->life == MSHIM_LIFE_RUNNING &&
            report->report.pid == last->report.pid &&
            report->report.pid_namespace == last->report.pid_namespace)
            free(report);
        else
            list->items[kept++] = list->items[i];
    }
    list->left_out += list->count - kept;
    list->count = kept;
}

/* The same process at an earlier time; it is likely to have had the same place in the list. */
static const struct mshim_stats_report *find(const struct mshim_stats_list *before, uint64_t id,
                                             size_t place) {
    for (size_t i = 0; i < before->count; i++) {
        const struct mshim_stats_report *const report = before->items[(place + i) % before->count].reading;
        if (report->id == id)
            return report;
    }
    return NULL;
}

static void compare(struct mshim_stats_list *list, const struct mshim_stats_list *before) {
    for (size_t i = 0; i < list->count; i++) {
        struct mshim_stats_report *const now = list->items[i].reading;
        const struct mshim_stats_report *const was = find(before, now->id, i);
        if (was)
            mshim_stats_report_compare(now, was);
    }
}

static void forget(struct mshim_stats_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].reading);
    list->count = 0;
}

bool mshim_stats_list_read(struct mshim_stats_list *list, const struct mshim_stats_list *before,
                           bool only_running, void (*complain_to)(const char *text)) {
    struct reading reading = {.list = list, .complain = complain_to, .only_running = only_running};
    const struct mshim_stats_visitor visitor = {.file = read_one,
                                                .context = &reading,
                                                .complain = complain_to,
                                                .left_out = &list->left_out,
                                                .max_files = MAX_FILES};
    forget(list);
    list->left_out = 0;
    if (!mshim_stats_copy_make(&reading.copy))
        return false;
    const bool visited = mshim_stats_files_visit(&visitor);
    const int error = reading.out_of_memory ? ENOMEM : errno;
    if (reading.complaints > MAX_COMPLAINTS) {
        char text[64];
        snprintf(text, sizeof text, "%u more files are left out", reading.complaints - MAX_COMPLAINTS);
        complain_to(text);
    }
    drop_doubles(list);
    mshim_stats_copy_free(&reading.copy);
    errno = error;
    if (visited && !reading.out_of_memory && before)
        compare(list, before);
    return visited && !reading.out_of_memory;
}

void mshim_stats_list_free(struct mshim_stats_list *list) {
    forget(list);
    free(list->items);
    *list = (struct mshim_stats_list){.count = 0};
}
