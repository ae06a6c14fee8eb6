/* SPDX-License-Identifier: MIT */
#include "command/setup/image.h"

#include "shared/base/read_file.h"
#include "shared/report/figures.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

void mshim_image_name(char *text, size_t size) {
    static const char key[] = "PRETTY_NAME=";
    char release[4096];
    struct utsname machine = {.machine = "?"};
    (void)(mshim_read_file("/etc/os-release", release, sizeof release) ||
           mshim_read_file("/usr/lib/os-release", release, sizeof release));
    (void)uname(&machine);
    const char *name =
        strncmp(release, key, sizeof key - 1) == 0 ? release : strstr(release, "\nPRETTY_NAME=");
    name = name ? strchr(name, '=') + 1 : "Linux";
    name += *name == '"';
    snprintf(text, size, "%.*s, %s", (int)strcspn(name, "\"\n"), name, machine.machine);
}

void mshim_image_sandbox(char *text, size_t size) {
    static const char *const modes[] = {"", "strict seccomp", "a seccomp filter"};
    char status[8192];
    (void)mshim_read_file("/proc/self/status", status, sizeof status);
    const uint64_t mode = mshim_proc_field(status, "Seccomp:");
    const bool no_new_privileges = mshim_proc_field(status, "NoNewPrivs:") == 1;
    const int memfd = memfd_create("mshim-doctor", MFD_CLOEXEC);
    if (memfd >= 0)
        close(memfd);
    const char *const parts[] = {mode < 3 ? modes[mode] : "", no_new_privileges ? "no new privileges" : "",
                                 memfd < 0 ? "memfd_create is refused: the shim leaves no marker" : ""};
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (*parts[i] && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", parts[i]);
    if (used == 0)
        snprintf(text, size, "none");
}

struct mshim_image_folder mshim_image_folder(const char *path) {
    struct mshim_image_folder folder = {.is_there = false};
    struct statvfs status;
    if (statvfs(path, &status) != 0)
        return folder;
    folder.is_there = true;
    folder.is_writable = access(path, W_OK | X_OK) == 0;
    folder.size_bytes = (uint64_t)status.f_blocks * status.f_frsize;
    folder.free_bytes = (uint64_t)status.f_bavail * status.f_frsize;
    return folder;
}

void mshim_image_thread_stack(bool musl, char *text, size_t size) {
    struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
    (void)getrlimit(RLIMIT_STACK, &limit);
    if (musl)
        snprintf(text, size, "128K, or what the program's file says");
    else
        snprintf(text, size, "%s",
                 limit.rlim_cur == RLIM_INFINITY ? "2M" : mshim_figure_bytes(limit.rlim_cur).text);
}
