/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* The calls that a program can do without once it runs. */
static void refuse(const int *calls, int count) {
    struct sock_filter filter[40] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    int at = 1;
    for (int i = 0; i < count; i++) {
        filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i], 0, 1);
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    }
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {(unsigned short)at, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        SKIP("no seccomp filters here");
}

static void *allocate(void *unused) {
    for (size_t size = 1; size < 32 << 20; size *= 4) {
        char *block = realloc(calloc(1, opaque(size)), size + size / 2);
        CHECK(block && block[0] == 0 && block[size - 1] == 0);
        free(block);
    }
    return unused;
}

int main(void) {
    const int calls[] = {SYS_openat, SYS_open,     SYS_memfd_create, SYS_madvise,
                         SYS_mremap, SYS_readlink, SYS_getrusage,    SYS_sched_getaffinity,
                         SYS_getcpu, SYS_unlink,   SYS_rename,       SYS_prctl};
    refuse(calls, sizeof calls / sizeof *calls);
    allocate(NULL);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, allocate, NULL) == 0 && pthread_join(thread, NULL) == 0);
    int status = 0;
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        allocate(NULL);
        exit(3);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 3);
}
