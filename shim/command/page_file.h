/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_PAGE_FILE_H
#define MSHIM_COMMAND_PAGE_FILE_H

/*
 * Reading one page file (mshim/page.h). It may be anything: it is copied once, with its sizes checked and its
 * texts ended, and only the copy is looked at.
 */

#include "counters/page_sum.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

enum mshim_life {
    MSHIM_LIFE_RUNNING,
    MSHIM_LIFE_ENDED,    /* in good order */
    MSHIM_LIFE_DIED,     /* without having said so */
    MSHIM_LIFE_REPLACED, /* by exec */
};

/* "running", "ended", "died", "replaced". */
const char *mshim_life_name(enum mshim_life life);

struct mshim_page_copy {
    struct mshim_page_view view; /* what mshim_page_sum takes */
    enum mshim_life life;
    struct mshim_page *page;
    pid_t pid_here; /* what its process is called here, where that was found out otherwise; else 0 */
};

enum mshim_page_error {
    MSHIM_PAGE_READ,
    MSHIM_PAGE_UNREADABLE,   /* errno says why */
    MSHIM_PAGE_IS_NONE,      /* something else, or not complete */
    MSHIM_PAGE_OTHER_FORMAT, /* `page->format` is set */
    MSHIM_PAGE_DAMAGED,      /* it contradicts itself */
};

/* Opens what is, as far as can be seen without reading it, a page: a plain file that is no link, so that
 * nothing waits. `flags`: O_RDONLY or O_RDWR. The descriptor, or -1 with errno. */
int mshim_page_open(int folder, const char *name, int flags, struct stat *file);

/* A process holds a lock on its page for as long as it lives. */
enum mshim_hold { MSHIM_HOLD_FREE, MSHIM_HOLD_TAKEN, MSHIM_HOLD_UNKNOWN };
enum mshim_hold mshim_page_hold(int fd);

/* Makes room for pages to be read into, one after the other. False without memory. */
bool mshim_page_copy_make(struct mshim_page_copy *copy);
void mshim_page_copy_free(struct mshim_page_copy *copy);

enum mshim_page_error mshim_page_read(int fd, struct mshim_page_copy *copy);

/* Why it could not be read, as a sentence without its full stop. */
void mshim_page_explain(enum mshim_page_error error, const struct mshim_page_copy *copy, char *text,
                        size_t size);

#endif
