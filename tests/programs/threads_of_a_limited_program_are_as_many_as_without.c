/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <sys/resource.h>

enum { THREADS = 300 };

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_all(void *unused) {
    pthread_mutex_lock(&held);
    pthread_mutex_unlock(&held);
    return unused;
}

static int started_threads(void) {
    const struct rlimit limit = {(rlim_t)2 << 30, (rlim_t)2 << 30};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    static pthread_t threads[THREADS];
    int count = 0;
    pthread_mutex_lock(&held);
    while (count < THREADS && pthread_create(&threads[count], NULL, wait_for_all, NULL) == 0)
        count++;
    pthread_mutex_unlock(&held);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    return count;
}

/* Threads with no attributes under 2 GiB of address space. The bare run tells how many; the allocator's own
 * share of the address space may cost a tenth where stacks fill all the rest. */
int main(int argc, char **argv) {
    if (argc > 1) {
        printf("%d\n", started_threads());
        return 0;
    }
    char command[4096];
    int without = 0;
    snprintf(command, sizeof command, "exec '%s' bare", argv[0]);
    unsetenv("LD_PRELOAD"); /* the shell may be of the other libc */
    FILE *bare = popen(command, "r");
    CHECK(bare && fscanf(bare, "%d", &without) == 1 && pclose(bare) == 0 && without > 0);
    const int with = started_threads();
    fprintf(stderr, "%d threads, %d without the library\n", with, without);
    CHECK(without == THREADS ? with == THREADS : with * 10 >= without * 9);
}
