/* SPDX-License-Identifier: MIT */
/* Opens beside_library while it runs, in several ways, exchanges blocks with it, closes it again, and forks.
 */
#include "../../programs/check.h"

#include <pthread.h>
#include <sys/wait.h>

static const char *path;
static int modes;

static void *open_and_close(void *unused) {
    for (int round = 0; round < 20; round++) {
        void *library = dlopen(path, modes);
        CHECK(library);
        const char *(*kept)(void) = (const char *(*)(void))dlsym(library, "library_kept");
        void *(*gives)(size_t) = (void *(*)(size_t))dlsym(library, "library_gives");
        void (*takes)(void *) = (void (*)(void *))dlsym(library, "library_takes");
        CHECK(kept && gives && takes);
        for (size_t size = 1; size < 1 << 20; size *= 5) {
            takes(malloc(opaque(size)));
            free(gives(size));
            takes(realloc(gives(size), opaque(size * 2)));
        }
        CHECK(dlsym(library, "no_such_symbol") == NULL && dlerror() != NULL);
        CHECK(dlopen("/no/such/library", RTLD_NOW) == NULL && dlerror() != NULL);
        CHECK(dlclose(library) == 0);
    }
    return unused;
}

int main(int argc, char **argv) {
    CHECK(argc > 1);
    path = argv[1];
    const int all[] = {RTLD_NOW, RTLD_LAZY, RTLD_NOW | RTLD_GLOBAL};
    for (int i = 0; i < 3; i++) {
        modes = all[i];
        open_and_close(NULL);
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, open_and_close, NULL) == 0 && pthread_join(thread, NULL) == 0);
    }
    alarm(20);
    const pid_t pid = fork(); /* handlers of what was closed are not called */
    if (pid == 0)
        _exit(3);
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 3);
    return 9;
}
