/* SPDX-License-Identifier: MIT */
/* A seccomp filter that kills for all but what allocating and ending takes. */
#ifndef MSHIM_TESTS_STRICT_FILTER_H
#define MSHIM_TESTS_STRICT_FILTER_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static const int strict_allowed[] = {SYS_read,   SYS_write,      SYS_mmap,        SYS_munmap,
                                     SYS_mremap, SYS_madvise,    SYS_brk,         SYS_futex,
                                     SYS_exit,   SYS_exit_group, SYS_rt_sigreturn};

/* False where there are no filters. */
static inline bool enter_strict_filter(void) {
    struct sock_filter filter[64] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    const int allowed_count = sizeof strict_allowed / sizeof *strict_allowed;
    int at = 1;
    for (int i = 0; i < allowed_count; i++) {
        filter[at++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)strict_allowed[i], 0, 1);
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    const struct sock_fprog program = {(unsigned short)at, filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif
