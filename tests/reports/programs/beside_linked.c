/* SPDX-License-Identifier: MIT */
/* Linked with beside_library, whose constructor runs before this program begins. */
#include "../../programs/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

const char *library_kept(void);
void *library_gives(size_t size);
void library_takes(void *block);

static atomic_bool stop;

static void *busy(void *unused) {
    for (size_t size = 1; !atomic_load(&stop); size = size * 7 % 70001 + 1)
        library_takes(realloc(library_gives(size), size * 2));
    return unused;
}

int main(void) {
    alarm(50);
    CHECK(strcmp(library_kept(), "kept") == 0);
    library_takes(malloc(opaque(100)));
    free(library_gives(1000000));
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, busy, NULL) == 0);
    for (int round = 0; round < count_or(100); round++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(20);
            free(library_gives(5000));
            round % 2 ? exit(9) : _exit(9);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 9);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    return 9;
}
