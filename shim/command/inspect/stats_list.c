/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_list.h"

#include "command/inspect/stats_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct reading {
    struct mshim_stats_list *list;
    struct mshim_stats_copy copy;
    void (*complain)(const char *text);
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

static bool add(struct reading *reading) {
    struct mshim_stats_list *const list = reading->list;
    struct mshim_stats_report *const report = grow(list) ? malloc(sizeof *report) : NULL;
    if (!report) {
        reading->out_of_memory = true;
        return false;
    }
    mshim_stats_report_make(report, &reading->copy);
    list->items[list->count++].reading = report;
    return true;
}

static void complain(const struct reading *reading, const struct mshim_stats_place *place,
                     enum mshim_stats_error error) {
    char why[256], text[PATH_MAX + NAME_MAX + sizeof why];
    if (!reading->complain)
        return;
    mshim_stats_explain(error, &reading->copy, why, sizeof why);
    snprintf(text, sizeof text, "%s/%s: %s", place->path, place->name, why);
    reading->complain(text);
}

static bool read_one(const struct mshim_stats_place *place, void *context) {
    struct reading *const reading = context;
    struct stat file;
    const int fd = mshim_stats_open(place->folder, place->name, O_RDONLY, &file);
    if (fd < 0) {
        if (errno != ENOENT) /* of a process that has just ended */
            complain(reading, place, MSHIM_STATS_UNREADABLE);
        return true;
    }
    const enum mshim_stats_error error = mshim_stats_read(fd, &reading->copy);
    bool more = true;
    if (error != MSHIM_STATS_READ)
        complain(reading, place, error);
    else if (!reading->only_running || reading->copy.life == MSHIM_LIFE_RUNNING)
        more = add(reading);
    close(fd);
    return more;
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
                           bool only_running, void (*complain)(const char *text)) {
    struct reading reading = {.list = list, .complain = complain, .only_running = only_running};
    const struct mshim_stats_visitor visitor = {.file = read_one, .context = &reading, .complain = complain};
    forget(list);
    if (!mshim_stats_copy_make(&reading.copy))
        return false;
    const bool visited = mshim_stats_files_visit(&visitor);
    const int error = reading.out_of_memory ? ENOMEM : errno;
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
