/* SPDX-License-Identifier: MIT */
#include "library/process/marker.h"

#include "library/process/libc.h"
#include "library/process/state.h"
#include "library/process/stats_lifecycle.h"
#include "library/python/python.h"
#include "shared/base/system_calls.h"
#include "shared/base/text.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NAME_CAPACITY = 250 /* of a memfd */, CLOSE_ON_EXEC = 1 /* MFD_CLOEXEC */ };

static void append_pair(struct mshim_text *name, const char *key, const char *value) {
    mshim_text_append(name, ",");
    mshim_text_append(name, key);
    mshim_text_append(name, "=");
    mshim_text_append(name, value);
}

/* MSHIM_STATS=on becomes stats=on. */
static void append_option(struct mshim_text *name, const struct mshim_option *row) {
    char key[32];
    size_t length = 0;
    for (const char *at = row->variable + strlen("MSHIM_"); *at && length < sizeof key - 1; at++)
        key[length++] = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    key[length] = 0;
    const char *value = mshim_option_value(&mshim_process.options, row);
    if (value)
        append_pair(name, key, value);
}

static void append_python(struct mshim_text *name) {
    append_pair(name, "python", mshim_python_mode_word(mshim_python_in_force()));
    if (mshim_python_in_force() == MSHIM_PYTHON_OFF)
        append_pair(name, "python_why", mshim_python_reason_word(mshim_python_reason()));
}

void mshim_marker_map(const char *why) {
    char buffer[NAME_CAPACITY];
    struct mshim_text name = mshim_text_in(buffer, sizeof buffer);
    mshim_text_append(&name, "mshim,version=" MSHIM_VERSION ",libc=" MSHIM_LIBC);
    append_pair(&name, "served", why ? "no" : "yes");
    if (why) {
        append_pair(&name, "why", why);
    } else {
        append_pair(&name, "allocator_version", mshim_process.allocator->version);
        for (size_t i = 0; i < mshim_option_count; i++)
            if (mshim_option_rows[i].in_marker)
                append_option(&name, &mshim_option_rows[i]);
        append_python(&name);
        if (mshim_stats_file_why()) {
            append_pair(&name, "stats_file", "none");
            append_pair(&name, "stats_file_why", mshim_stats_file_why());
        }
    }
    const int fd = (int)syscall(SYS_memfd_create, buffer, CLOSE_ON_EXEC);
    if (fd < 0)
        return;
    (void)mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
    mshim_close(fd);
}
