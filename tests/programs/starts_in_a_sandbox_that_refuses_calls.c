/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* What a process may be without from its first instruction. */
static const int refused[] = {
    SYS_memfd_create, SYS_madvise, SYS_mremap,    SYS_sched_getaffinity,
    SYS_getcpu,       SYS_sysinfo, SYS_getrandom, SYS_readlink,
    SYS_readlinkat,   SYS_getcwd,  SYS_prlimit64, SYS_getrusage,
    SYS_membarrier,   SYS_uname,   SYS_getrlimit, SYS_sched_yield,
    SYS_mbind,        SYS_gettid,  SYS_getppid,
};

static void refuse(int number, int error) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(77);
}

static int work(void) {
    for (int round = 0; round < 2; round++)
        for (size_t size = 1; size < 4 << 20; size *= 4) {
            char *block = malloc(opaque(size));
            if (!block)
                return 10;
            memset(block, 1, size);
            block = realloc(block, size * 2);
            if (!block || block[0] != 1 || block[size - 1] != 1)
                return 11;
            errno = 42;
            free(block);
            if (errno != 42)
                return 12;
        }
    return 9;
}

int main(int argc, char **argv) {
    if (argc > 1)
        return work();
    int wrong = 0;
    for (size_t i = 0; i < 2 * sizeof refused / sizeof *refused; i++) {
        const int number = refused[i / 2], error = i % 2 ? EPERM : ENOSYS;
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(20);
            refuse(number, error);
            execl(argv[0], argv[0], "refused", (char *)NULL);
            _exit(1);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
            SKIP("no seccomp filters here");
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 9) {
            fprintf(stderr, "call %d refused with %d: wait status 0x%x\n", number, error, (unsigned)status);
            wrong = 1;
        }
    }
    return wrong;
}
