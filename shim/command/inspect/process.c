/* SPDX-License-Identifier: MIT */
#include "command/inspect/process.h"
#include "command/inspect/proc_stat.h"
#include "command/launch/elf_file.h"
#include "command/launch/preload.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *open_file(pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    return fopen(path, "re");
}

bool mshim_pid_parse(const char *text, pid_t *pid) {
    char *end;
    errno = 0;
    const long number = strtol(text, &end, 10);
    *pid = (pid_t)number;
    return errno == 0 && *text >= '0' && *text <= '9' && *end == 0 && number > 0 && number <= INT_MAX;
}

void mshim_process_name(pid_t pid, char name[32]) {
    if (!mshim_proc_text_read(pid, "comm", name, 32))
        strcpy(name, "?");
    name[strcspn(name, "\n")] = 0;
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
    size_t capacity = 0;
    FILE *file = open_file(pid, "environ");
    while (file && !found && getdelim(&entry, &capacity, 0, file) > 0)
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
