/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <fcntl.h>
#include <link.h>
#include <mshim.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void *work(void *unused) {
    for (size_t size = 1; size < 16 << 20; size *= 4) {
        char *block = malloc(opaque(size));
        CHECK(block);
        memset(block, 1, size);
        free(realloc(block, size * 2));
    }
    return unused;
}

static int inside(void) {
    CHECK(access("/proc/self", F_OK) != 0 && access("/sys", F_OK) != 0 && access("/dev", F_OK) != 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0 && pthread_join(thread, NULL) == 0);
    work(NULL);
    int (*read_counters)(struct mshim_counters *, size_t) =
        (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    static struct mshim_counters now;
    CHECK(read_counters && read_counters(&now, sizeof now) == 0 && now.threads_ended == 1);
    int (*trim)(size_t) = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim");
    trim(0);
    return 9;
}

/* Copies a file to the same path under a root. */
static void bring(const char *root, const char *path) {
    char to[8192], buffer[65536];
    snprintf(to, sizeof to, "%s%s", root, path);
    for (char *at = to + strlen(root) + 1; (at = strchr(at, '/')); at++) {
        *at = 0;
        mkdir(to, 0755);
        *at = '/';
    }
    const int in = open(path, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    CHECK(in >= 0 && out >= 0);
    ssize_t got;
    while ((got = read(in, buffer, sizeof buffer)) > 0)
        CHECK(write(out, buffer, (size_t)got) == got);
    close(in);
    close(out);
}

/* The loader by the name that the kernel looks for; the program comes first. */
static int bring_loader(struct dl_phdr_info *info, size_t size, void *root) {
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_INTERP)
            bring(root, (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr));
    return 1;
}

int main(int argc, char **argv) {
    if (argc > 1)
        return inside();
    if (geteuid() != 0)
        SKIP("chroot needs root");
    if (!is_preloaded())
        SKIP("not preloaded");
    char root[] = "/tmp/mshim-root-XXXXXX", line[8192], remove[100];
    CHECK(mkdtemp(root));
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps);
    while (fgets(line, sizeof line, maps)) {
        char *path = strchr(line, '/'), *end = strchr(line, '\n');
        if (path && end && strstr(line, "r-xp") && strncmp(path, "/memfd:", 7) != 0) {
            *end = 0;
            bring(root, path);
        }
    }
    fclose(maps);
    dl_iterate_phdr(bring_loader, root);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(chroot(root) == 0 && chdir("/") == 0);
        unsetenv("MSHIM_FIRST");
        setenv("MSHIM_REPORT", "r.json", 1);
        execl(argv[0], argv[0], "inside", (char *)NULL);
        _exit(3);
    }
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid);
    char report[64];
    snprintf(report, sizeof report, "%s/r.json", root);
    const int written = access(report, F_OK);
    snprintf(remove, sizeof remove, "rm -rf %s", root);
    CHECK(system(remove) == 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 9);
    CHECK(written == 0);
}
