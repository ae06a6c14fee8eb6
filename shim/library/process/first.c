/* SPDX-License-Identifier: MIT */
#include "library/process/first.h"

#include "shared/base/text.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char variable[] = "MSHIM_FIRST=";
static char mark[sizeof variable + MSHIM_DECIMAL_BYTES];

/* The mark that this process would leave. */
static const char *own_mark(void) {
    struct mshim_text text = mshim_text_in(mark, sizeof mark);
    mshim_text_append(&text, variable);
    mshim_text_append_number(&text, (uint64_t)getpid());
    return mark;
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
