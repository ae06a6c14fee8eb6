/* SPDX-License-Identifier: MIT */
#include "library/process/first.h"

#include "shared/base/decimal.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char variable[] = "MSHIM_FIRST=";
static char mark[sizeof variable + 20];

/* The mark that this process would leave. */
static const char *own_mark(void) {
    char digits[MSHIM_DECIMAL_BYTES];
    memcpy(mark, variable, sizeof variable);
    return strcat(mark, mshim_decimal((uint64_t)getpid(), digits));
}

enum mshim_first mshim_first_read(const char *const *environment) {
    for (; *environment; environment++)
        if (strncmp(*environment, variable, sizeof variable - 1) == 0)
            return strcmp(*environment, own_mark()) == 0 ? MSHIM_FIRST_AGAIN : MSHIM_NOT_FIRST;
    return MSHIM_FIRST_NOW;
}

void mshim_first_mark(void) {
    size_t count = 0;
    while (environ && environ[count])
        count++;
    char **longer =
        mmap(NULL, (count + 2) * sizeof *longer, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (longer == MAP_FAILED)
        return;
    if (count > 0)
        memcpy(longer, environ, count * sizeof *longer);
    own_mark();
    longer[count] = mark;
    environ = longer;
}
