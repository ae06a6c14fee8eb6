/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { BLOCKS = 1024, BYTES = 192, ROUNDS = 20000 /* some tenths of a second */ };

static void *blocks[BLOCKS];

/* Every other block stays, so that no allocator gives anything back. It is more than the window of a thread,
 * there and back, so that it comes to its slow paths. */
static void allocate_and_free(void) {
    for (int i = 1; i < BLOCKS; i += 2)
        blocks[i] = malloc(opaque(BYTES));
    for (int i = 1; i < BLOCKS; i += 2)
        free(blocks[i]);
}

/* Only read, write and exit are allowed, and anything else ends the process: what it needs is there already,
 * and nothing may be done beside it, however long it runs. */
int main(void) {
    const char *allocator = getenv("MSHIM_ALLOCATOR");
    if (allocator && strcmp(allocator, "jemalloc") == 0)
        SKIP("jemalloc gives back by itself when time has passed");
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        for (int i = 0; i < BLOCKS; i++)
            blocks[i] = malloc(opaque(BYTES));
        for (int i = 1; i < BLOCKS; i += 2)
            free(blocks[i]);
        for (int round = 0; round < 20; round++)
            allocate_and_free();
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0) != 0)
            _exit(77);
        for (int round = 0; round < ROUNDS; round++)
            allocate_and_free();
        syscall(SYS_exit, 3);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        SKIP("no seccomp here");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}
