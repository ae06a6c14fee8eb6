/* SPDX-License-Identifier: MIT */
#include "command/inspect/proc_stat.h"

#include "shared/base/read_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of the fields, as proc(5) counts them. */
enum {
    PARENT = 4,
    MINOR_FAULTS = 10,
    MAJOR_FAULTS = 12,
    USER_TICKS = 14,
    SYSTEM_TICKS = 15,
    STARTED = 22,
    RESIDENT_PAGES = 24,
    FIELDS
};

bool mshim_proc_text_read(pid_t pid, const char *name, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    return mshim_read_file(path, text, size);
}

bool mshim_proc_stat_read(struct mshim_proc_stat *stat, pid_t pid) {
    char line[1024];
    unsigned long long fields[FIELDS] = {0};
    if (!mshim_proc_text_read(pid, "stat", line, sizeof line))
        return false;
    const char *at = strrchr(line, ')'); /* whatever the program is called */
    if (!at || strlen(at) < 4)
        return false;
    stat->has_ended = at[2] == 'Z' || at[2] == 'X';
    at += 3;
    for (int field = PARENT; field < FIELDS; field++) {
        char *end;
        fields[field] = strtoull(at, &end, 10);
        if (end == at)
            return false;
        at = end;
    }
    stat->parent = (pid_t)fields[PARENT];
    stat->minor_faults = fields[MINOR_FAULTS];
    stat->major_faults = fields[MAJOR_FAULTS];
    stat->user_ticks = fields[USER_TICKS];
    stat->system_ticks = fields[SYSTEM_TICKS];
    stat->started_ticks = fields[STARTED];
    stat->resident_pages = fields[RESIDENT_PAGES];
    return true;
}
