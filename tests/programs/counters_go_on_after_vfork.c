/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <mshim.h>
#include <sys/wait.h>

/* The child shares its parent's memory: what is done for a forked child must not be done for it. */
int main(void) {
    int (*read_counters)(struct mshim_counters *, size_t) =
        (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    static struct mshim_counters before, after;
    if (!read_counters || read_counters(&before, sizeof before) != 0)
        SKIP("no counters here");
    char *kept = malloc(opaque(12345));
    char *const mark = getenv("MSHIM_FIRST");
    CHECK(kept && read_counters(&before, sizeof before) == 0);
    for (int round = 0; round < 20; round++) {
        const pid_t pid = vfork();
        CHECK(pid >= 0);
        if (pid == 0) {
            execl("/no/such/program", "program", (char *)NULL);
            _exit(127);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 127);
    }
    CHECK(read_counters(&after, sizeof after) == 0);
    CHECK(after.functions[MSHIM_FUNCTION_malloc].calls == before.functions[MSHIM_FUNCTION_malloc].calls);
    CHECK(after.memory_live_bytes == before.memory_live_bytes);
    CHECK(after.memory_inherited_live_bytes == before.memory_inherited_live_bytes);
    CHECK(getenv("MSHIM_FIRST") == mark);
    free(kept);
}
