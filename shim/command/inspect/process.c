/* SPDX-License-Identifier: MIT */
#include "command/inspect/process.h"
#include "command/inspect/proc_stat.h"
#include "command/launch/elf_file.h"
#include "command/launch/preload.h"
#include "shared/stats/reason.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *open_file(pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    return fopen(path, "re");
}

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
                marker->served = length == 3 && strncmp(value, "yes", length) == 0;
            for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
                if (strlen(keys[i].key) == key && strncmp(keys[i].key, name, key) == 0)
                    snprintf(keys[i].value, keys[i].size, "%.*s", (int)length, value);
        }
        name += pair;
    }
    return true;
}

size_t mshim_stats_folder_length(const char *path) {
    static const char prefix[] = "/mshim-";
    size_t end = strcspn(path, "\n");
    while (end > 0 && path[end - 1] != '/')
        end--;
    size_t digits = end > 0 ? end - 1 : 0;
    while (digits > 0 && path[digits - 1] >= '0' && path[digits - 1] <= '9')
        digits--;
    const size_t length = sizeof prefix - 1;
    const bool is_folder = end > 0 && digits < end - 1 && digits >= length &&
                           strncmp(path + digits - length, prefix, length) == 0;
    return is_folder ? end - 1 : 0;
}

int mshim_process_marker(pid_t pid, struct mshim_marker *marker) {
    static const char memfd[] = "/memfd:";
    memset(marker, 0, sizeof *marker);
    if (kill(pid, 0) != 0 && errno == ESRCH)
        return ESRCH;
    FILE *maps = open_file(pid, "maps");
    if (!maps)
        return errno == ENOENT ? ESRCH : errno;
    char *line = NULL;
    size_t room = 0;
    bool library_mapped = false, stats_file_mapped = false;
    errno = 0;
    while (getline(&line, &room, maps) > 0) {
        const char *path = strchr(line, '/');
        if (!path)
            continue;
        const bool may_be_marker = strncmp(path, memfd, sizeof memfd - 1) == 0;
        library_mapped |= strstr(path, "/libmshim.so") != NULL;
        stats_file_mapped |= mshim_stats_folder_length(path) > 0;
        struct mshim_marker candidate = {.found = false};
        if (may_be_marker && !(marker->found && marker->served) &&
            mshim_marker_parse(&candidate, path + sizeof memfd - 1))
            *marker = candidate;
    }
    marker->library_mapped = library_mapped || marker->found;
    marker->stats_file_mapped = stats_file_mapped;
    const int error = ferror(maps) ? errno : 0;
    free(line);
    fclose(maps);
    return error;
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
    snprintf(why, size, "counters are in private memory, there is no page: %s", reason);
    return false;
}

bool mshim_pid_parse(const char *text, pid_t *pid) {
    char *end;
    errno = 0;
    const long number = strtol(text, &end, 10);
    *pid = (pid_t)number;
    return errno == 0 && *text >= '0' && *text <= '9' && *end == 0 && number > 0 && number <= INT_MAX;
}

void mshim_process_name(pid_t pid, char name[32]) {
    strcpy(name, "?");
    FILE *file = open_file(pid, "comm");
    if (!file)
        return;
    if (fgets(name, 32, file))
        name[strcspn(name, "\n")] = 0;
    fclose(file);
}

/* Value of AT_SECURE; 0 where it is not known. */
static bool is_secure(pid_t pid) {
    unsigned long pair[2];
    bool secure = false;
    FILE *file = open_file(pid, "auxv");
    while (file && fread(pair, sizeof pair, 1, file) == 1 && pair[0] != AT_NULL)
        secure |= pair[0] == AT_SECURE && pair[1] != 0;
    if (file)
        fclose(file);
    return secure;
}

static void read_program(pid_t pid, struct mshim_elf *elf) {
    char path[64];
    memset(elf, 0, sizeof *elf);
    snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    mshim_elf_read(fd, elf);
    close(fd);
}

/* LD_PRELOAD as the process was started with it; allocated, NULL where it was not set. */
static char *preload_of(pid_t pid) {
    char *entry = NULL, *found = NULL;
    size_t room = 0;
    FILE *file = open_file(pid, "environ");
    while (file && !found && getdelim(&entry, &room, 0, file) > 0)
        if (strncmp(entry, "LD_PRELOAD=", 11) == 0)
            found = strdup(entry + 11);
    free(entry);
    if (file)
        fclose(file);
    return found;
}

/* What became of a libmshim.so that LD_PRELOAD names. */
static void explain_entry(pid_t pid, const char *entry, size_t length, enum mshim_flavour program, char *why,
                          size_t size) {
    char path[PATH_MAX];
    struct mshim_library library;
    snprintf(path, sizeof path, "/proc/%ld/root%.*s", (long)pid, (int)length, entry);
    if (entry[0] == '/' && access(path, F_OK) != 0)
        snprintf(why, size, "LD_PRELOAD names %.*s, which is not there: %s", (int)length, entry,
                 strerror(errno));
    else if (entry[0] == '/' && !mshim_library_read(&library, path))
        snprintf(why, size, "LD_PRELOAD names %.*s, which is no library of this machine", (int)length, entry);
    else if (entry[0] == '/' && program != MSHIM_NO_FLAVOUR && library.flavour != program)
        snprintf(why, size, "it runs on %s, and %.*s is for %s", mshim_flavour_name(program), (int)length,
                 entry, mshim_flavour_name(library.flavour));
    else
        snprintf(why, size, "LD_PRELOAD names %.*s, which was not loaded", (int)length, entry);
}

void mshim_process_explain(pid_t pid, const struct mshim_marker *marker, char *why, size_t size) {
    struct mshim_elf elf;
    struct mshim_proc_stat stat;
    read_program(pid, &elf);
    if (marker->library_mapped) {
        snprintf(why, size, "libmshim.so is mapped but has left no marker (is memfd_create forbidden?)");
        return;
    }
    if (mshim_proc_stat_read(&stat, pid) && stat.has_ended) {
        snprintf(why, size, "it has ended and was not yet waited for");
        return;
    }
    if (elf.kind == MSHIM_ELF_NONE) {
        char path[64], program[8];
        snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
        snprintf(why, size, "%s",
                 readlink(path, program, sizeof program) < 0 && errno == ENOENT
                     ? "it is a thread of the kernel"
                     : "its program cannot be read");
        return;
    }
    if (elf.kind == MSHIM_ELF_OTHER) {
        snprintf(why, size, "it is a program for another machine");
        return;
    }
    if (is_secure(pid)) {
        snprintf(why, size,
                 "it was started with more privileges than its user has, so that LD_PRELOAD is ignored");
        return;
    }
    char *list = preload_of(pid);
    const char *rest = list ? list : "", *entry;
    size_t length;
    struct mshim_library library;
    while ((length = mshim_preload_next(&rest, &entry)) > 0 && !mshim_preload_is_own(entry, length, &library))
        continue;
    if (elf.kind == MSHIM_ELF_STATIC) {
        snprintf(why, size, "it is a static program, which no library can be preloaded into");
    } else if (length == 0) {
        snprintf(why, size, "it was started without it: LD_PRELOAD %s",
                 list ? "names no libmshim.so" : "was not set");
    } else {
        char loader[PATH_MAX];
        snprintf(loader, sizeof loader, "/proc/%ld/root%.4000s", (long)pid, elf.interpreter);
        explain_entry(pid, entry, length, mshim_flavour_of_loader(loader), why, size);
    }
    free(list);
}
