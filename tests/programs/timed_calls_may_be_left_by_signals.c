/* SPDX-License-Identifier: MIT */
/* Signal handlers that allocate interrupt calls that are being timed; some come back, some leave by
 * siglongjmp to where the program goes on; children are forked meanwhile. (A handler may only allocate where
 * no call of the allocator was interrupted, so it looks whether one was.) */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { ROUNDS = 60, BLOCKS = 64 };

static sigjmp_buf back;
static volatile sig_atomic_t in_call, may_jump, ticks;

static void handle(int signal) {
    (void)signal;
    ticks++;
    if (in_call)
        return;
    free(malloc(opaque(200)));
    free(malloc(opaque(100000)));
    if (may_jump)
        siglongjmp(back, 1);
}

static void work(void) {
    static void *volatile blocks[BLOCKS]; /* what a jump has left stays for the next round */
    for (volatile int i = 0; i < 20000; i++) {
        in_call = 1;
        void *const old = blocks[i % BLOCKS];
        blocks[i % BLOCKS] = NULL;
        free(old);
        blocks[i % BLOCKS] = malloc(opaque(i % 500 ? 16 + (size_t)i % 500 : 200000));
        in_call = 0;
    }
}

int main(void) {
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    const struct itimerval often = {{0, 500}, {0, 500}};
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    for (volatile int round = 0; round < ROUNDS; round++) {
        if (sigsetjmp(back, 1) == 0) {
            may_jump = round % 2;
            work();
        }
        may_jump = 0;
        if (round % 20 == 0) {
            in_call = 1; /* fork takes the allocator's locks */
            const pid_t child = fork();
            in_call = 0;
            CHECK(child >= 0);
            if (child == 0) {
                work();
                _exit(0);
            }
            int status;
            while (waitpid(child, &status, 0) != child)
                continue;
            CHECK(status == 0);
        }
    }
    CHECK(ticks > 0);
    return 0;
}
