/* SPDX-License-Identifier: MIT */
/*
 * Does what it is told, a line at a time, and answers each with "done" or a process id:
 *
 *     keep COUNT BYTES     malloc so often, and keep the blocks
 *     drop                 free what is kept
 *     fork                 a child that waits to be killed; its id
 *     end                  return from main, as the end of the input does
 *
 * It calls nothing that allocates but malloc and free.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 1 << 20 };

static void *kept[MOST];
static size_t count;

static void answer_number(long number) {
    char digits[24], *at = digits + sizeof digits;
    *--at = '\n';
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    if (write(1, at, (size_t)(digits + sizeof digits - at)) < 0)
        _exit(1);
}

static void keep(size_t times, size_t bytes) {
    for (; times > 0 && count < MOST; times--) {
        void *const block = malloc(bytes);
        if (!block)
            _exit(2);
        memset(block, 1, bytes);
        kept[count++] = block;
    }
}

static void drop(void) {
    while (count > 0)
        free(kept[--count]);
}

static void start_child(void) {
    if (fork() != 0)
        return;
    answer_number(getpid());
    for (;;)
        pause();
}

static int read_line(char *line, size_t size) {
    size_t used = 0;
    while (used < size - 1 && read(0, line + used, 1) == 1)
        if (line[used++] == '\n') {
            line[used - 1] = 0;
            return 1;
        }
    return 0;
}

int main(void) {
    char line[128];
    while (read_line(line, sizeof line) && strcmp(line, "end") != 0) {
        char *next;
        if (strcmp(line, "fork") == 0) {
            start_child();
            continue;
        }
        if (strncmp(line, "keep ", 5) == 0) {
            const size_t times = strtoul(line + 5, &next, 10);
            keep(times, strtoul(next, NULL, 10));
        } else if (strcmp(line, "drop") == 0) {
            drop();
        }
        if (write(1, "done\n", 5) != 5)
            return 1;
    }
    return 0;
}
