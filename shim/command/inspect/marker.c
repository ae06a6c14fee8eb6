/* SPDX-License-Identifier: MIT */
#include "command/inspect/marker.h"

#include "shared/base/text.h"
#include "shared/stats/name.h"
#include "shared/stats/reason.h"

#include <errno.h>
#include <mshim/stats.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool mshim_marker_parse(struct mshim_marker *marker, const char *name) {
    const struct {
        const char *key;
        char *value;
        size_t size;
    } keys[] = {
        {"version", marker->version, sizeof marker->version},
        {"libc", marker->libc, sizeof marker->libc},
        {"allocator", marker->allocator, sizeof marker->allocator},
        {"allocator_version", marker->allocator_version, sizeof marker->allocator_version},
        {"stats", marker->stats, sizeof marker->stats},
        {"why", marker->why, sizeof marker->why},
        {"memfuncs", marker->memfuncs, sizeof marker->memfuncs},
        {"python", marker->python, sizeof marker->python},
        {"python_why", marker->python_why, sizeof marker->python_why},
        {"harden", marker->harden, sizeof marker->harden},
        {"thread_stack", marker->thread_stack, sizeof marker->thread_stack},
        {"stats_file", marker->stats_file, sizeof marker->stats_file},
        {"stats_file_why", marker->stats_file_why, sizeof marker->stats_file_why},
    };
    if (strncmp(name, "mshim,", 6) != 0)
        return false;
    marker->found = true;
    while (*name == ',' || strncmp(name, "mshim,", 6) == 0) {
        name = strchr(name, ',') + 1;
        const size_t pair = strcspn(name, ", \n"), key = strcspn(name, "=, \n");
        const char *const value = name + key + 1;
        if (key < pair) {
            const size_t length = pair - key - 1;
            if (key == 6 && strncmp(name, "served", key) == 0)
                marker->active = length == 3 && strncmp(value, "yes", length) == 0;
            for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
                if (strlen(keys[i].key) == key && strncmp(keys[i].key, name, key) == 0)
                    snprintf(keys[i].value, keys[i].size, "%.*s", (int)length, value);
        }
        name += pair;
    }
    return true;
}

size_t mshim_stats_folder_length(const char *path) {
    char name[MSHIM_STATS_FOLDER_NAME_BYTES];
    uint64_t user;
    size_t end = strcspn(path, "\n");
    while (end > 0 && path[end - 1] != '/')
        end--;
    if (end < 2)
        return 0;
    size_t begin = --end; /* the folder's name ends here */
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    if (end - begin >= sizeof name)
        return 0;
    memcpy(name, path + begin, end - begin);
    name[end - begin] = 0;
    return mshim_stats_folder_name_parse(name, &user) ? end : 0;
}

int mshim_process_marker(pid_t pid, struct mshim_marker *marker) {
    static const char memfd[] = "/memfd:";
    memset(marker, 0, sizeof *marker);
    if (kill(pid, 0) != 0 && errno == ESRCH)
        return ESRCH;
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/maps", (long)pid);
    FILE *maps = fopen(path, "re");
    if (!maps)
        return errno == ENOENT ? ESRCH : errno;
    char *line = NULL;
    size_t capacity = 0;
    bool library_mapped = false, stats_file_mapped = false;
    errno = 0;
    while (getline(&line, &capacity, maps) > 0) {
        const char *file = strchr(line, '/');
        if (!file)
            continue;
        const bool may_be_marker = strncmp(file, memfd, sizeof memfd - 1) == 0;
        library_mapped |= strstr(file, "/libmshim.so") != NULL;
        stats_file_mapped |= mshim_stats_folder_length(file) > 0;
        struct mshim_marker candidate = {.found = false};
        if (may_be_marker && !(marker->found && marker->active) &&
            mshim_marker_parse(&candidate, file + sizeof memfd - 1))
            *marker = candidate;
    }
    marker->library_mapped = library_mapped || marker->found;
    marker->stats_file_mapped = stats_file_mapped;
    const int error = ferror(maps) ? errno : 0;
    free(line);
    fclose(maps);
    return error;
}

/* Its options stand as "MSHIM_MEMFUNCS=on". */
static void add_option(struct mshim_text *name, const char *option) {
    static const char prefix[] = "MSHIM_";
    if (strncmp(option, prefix, sizeof prefix - 1) != 0)
        return;
    mshim_text_append(name, ",");
    for (const char *at = option + sizeof prefix - 1; *at && *at != '='; at++)
        mshim_text_append_bytes(name, *at >= 'A' && *at <= 'Z' ? (char[]){(char)(*at - 'A' + 'a')} : at, 1);
    mshim_text_append(name, strchr(option, '=') ? strchr(option, '=') : "");
}

void mshim_marker_of_stats(struct mshim_marker *marker, const struct mshim_stats *stats) {
    char buffer[MSHIM_STATS_OPTIONS_BYTES + 512];
    struct mshim_text name = mshim_text_in(buffer, sizeof buffer);
    const char *const pairs[] = {"mshim,served=yes,version=", stats->shim_version,     ",libc=", stats->libc,
                                 ",allocator_version=",       stats->allocator_version};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        mshim_text_append(&name, pairs[i]);
    for (const char *at = stats->options; *at; at += strlen(at) + 1)
        if (!strpbrk(at, ", \n"))
            add_option(&name, at);
    mshim_text_append(&name, ",");
    for (const char *at = stats->python; *at; at++)
        mshim_text_append_bytes(&name, *at == ' ' ? "," : at, 1);
    memset(marker, 0, sizeof *marker);
    (void)mshim_marker_parse(marker, buffer);
    marker->stats_file_mapped = true;
}

bool mshim_marker_explain_stats(const struct mshim_marker *marker, char *why, size_t size) {
    const char *reason = mshim_stats_reason_sentence(marker->stats_file_why);
    if (strcmp(marker->stats, "off") == 0) {
        snprintf(why, size, "counters are off (MSHIM_STATS=off)");
        return false;
    }
    if (marker->stats_file_mapped)
        return true;
    if (strcmp(marker->stats_file, "none") != 0)
        reason = "none was made when it was forked";
    if (!reason)
        reason = marker->stats_file_why; /* of another version */
    snprintf(why, size, "counters are in private memory, there is no stats file: %s", reason);
    return false;
}

void mshim_marker_explain_inactive(const struct mshim_marker *marker, char *why, size_t size) {
    if (strcmp(marker->why, "other-libc") == 0)
        snprintf(why, size, "it runs on another libc than %s, so that the shim has stepped aside",
                 marker->libc);
    else if (strcmp(marker->why, "own-malloc") == 0)
        snprintf(why, size, "the program defines malloc itself, so that the shim has stepped aside");
    else
        snprintf(why, size, "the shim has stepped aside (%s)", marker->why);
}
