/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* What a program that only computes has no need of; a call of it ends the process by SIGSYS. */
static const int deadly[] = {SYS_unlinkat, SYS_getrusage, SYS_linkat,    SYS_mkdirat,   SYS_flock,
                             SYS_fchmod,   SYS_ftruncate, SYS_fallocate, SYS_mincore,   SYS_getdents64,
                             SYS_getpid,   SYS_getppid,   SYS_geteuid,   SYS_prlimit64, SYS_sched_yield,
                             SYS_kill,     SYS_openat,    SYS_fstat,     SYS_newfstatat};

/* glibc's own malloc opens files of /proc and /sys when it serves threads. */
static int deadly_count(void) {
    const char *allocator = getenv("MSHIM_ALLOCATOR");
    const bool is_system = !is_preloaded() || (allocator && strcmp(allocator, "system") == 0);
    const int count = sizeof deadly / sizeof *deadly;
    return is_system ? count - 3 : count;
}

static void restrict_itself(void) {
    const int calls = deadly_count();
    struct sock_filter filter[64] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    int at = 1;
    for (int i = 0; i < calls; i++) {
        filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)deadly[i], 0, 1);
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    }
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {(unsigned short)at, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(77);
}

static void *work(void *unused) {
    static _Thread_local void *blocks[512];
    for (int round = 0; round < 30; round++) {
        for (int i = 0; i < 512; i++)
            blocks[i] = malloc(opaque(1024));
        for (int i = 0; i < 512; i++)
            free(blocks[i]);
        usleep(10000);
    }
    return unused;
}

static void wait_for(pid_t pid, int expected) {
    int status;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        SKIP("no seccomp filters here");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == expected);
}

int main(void) {
    const pid_t pid = fork();
    if (pid == 0) {
        restrict_itself();
        pthread_t threads[6];
        for (int i = 0; i < 6; i++)
            CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
        for (int i = 0; i < 6; i++)
            pthread_join(threads[i], NULL);
        const pid_t child = fork();
        if (child == 0) {
            work(NULL);
            exit(4);
        }
        wait_for(child, 4);
        exit(3);
    }
    wait_for(pid, 3);
}
