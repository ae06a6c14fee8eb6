/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <dirent.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static int files_in(const char *folder) {
    int count = 0;
    DIR *open_folder = opendir(folder);
    CHECK(open_folder);
    for (const struct dirent *entry; (entry = readdir(open_folder));)
        count += entry->d_name[0] != '.';
    closedir(open_folder);
    return count;
}

/* As a program does that starts another one without the right to gain privileges. */
static int start_restricted(void) {
    const pid_t pid = vfork();
    if (pid == 0) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        _exit(4);
    }
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 4 ? 0 : 1;
}

/* The parent removes its stats file and writes its report as ever. */
int main(int argc, char **argv) {
    char folder[] = "/tmp/mshim-vfork-XXXXXX", stats[PATH_MAX], report[PATH_MAX], command[PATH_MAX];
    if (argc > 1)
        return start_restricted();
    CHECK(mkdtemp(folder));
    snprintf(report, sizeof report, "%s/report%%p", folder);
    snprintf(stats, sizeof stats, "%s/mshim-%u", folder, (unsigned)geteuid());
    snprintf(command, sizeof command, "rm -r %s", folder);
    setenv("MSHIM_DIR", folder, 1);
    setenv("MSHIM_REPORT", report, 1);
    const pid_t pid = fork();
    if (pid == 0) {
        execl(argv[0], argv[0], "parent", NULL);
        _exit(1);
    }
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
    if (is_preloaded()) {
        CHECK(files_in(stats) == 0);
        CHECK(files_in(folder) == 2);
    }
    CHECK(system(command) == 0);
}
