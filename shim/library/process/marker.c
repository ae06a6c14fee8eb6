/* SPDX-License-Identifier: MIT */
#include "library/process/marker.h"

#include "library/process/libc.h"
#include "library/process/live.h"
#include "library/process/start.h"
#include "library/python/python.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 249, CLOSE_ON_EXEC = 1 /* MFD_CLOEXEC */ };

struct name {
    size_t length;
    char text[NAME_MAX_BYTES + 1];
};

static void append(struct name *name, const char *text) {
    const size_t length = strlen(text), room = NAME_MAX_BYTES - name->length;
    const size_t part = length < room ? length : room;
    memcpy(name->text + name->length, text, part);
    name->length += part;
}

static void append_pair(struct name *name, const char *key, const char *value) {
    append(name, ",");
    append(name, key);
    append(name, "=");
    append(name, value);
}

/* MSHIM_STATS=on becomes stats=on. */
static void append_option(struct name *name, const struct mshim_option *row) {
    char key[32];
    size_t length = 0;
    for (const char *at = row->variable + strlen("MSHIM_"); *at && length < sizeof key - 1; at++)
        key[length++] = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    key[length] = 0;
    const char *value = mshim_option_value(&mshim_process.options, row);
    if (value)
        append_pair(name, key, value);
}

static void append_python(struct name *name) {
    append_pair(name, "python", mshim_python_mode_word(mshim_python_in_force()));
    if (mshim_python_in_force() == MSHIM_PYTHON_OFF)
        append_pair(name, "python_why", mshim_python_reason_word(mshim_python_reason()));
}

void mshim_marker_map(const char *why) {
    struct name name = {0, {0}};
    append(&name, "mshim,version=" MSHIM_VERSION ",libc=" MSHIM_LIBC);
    append_pair(&name, "served", why ? "no" : "yes");
    if (why) {
        append_pair(&name, "why", why);
    } else {
        append_pair(&name, "allocator_version", mshim_process.allocator->version);
        for (size_t i = 0; i < mshim_option_count; i++)
            if (mshim_option_rows[i].in_marker)
                append_option(&name, &mshim_option_rows[i]);
        append_python(&name);
        if (mshim_live_why()) {
            append_pair(&name, "stats_file", "none");
            append_pair(&name, "stats_file_why", mshim_live_why());
        }
    }
    const int fd = (int)syscall(SYS_memfd_create, name.text, CLOSE_ON_EXEC);
    if (fd < 0)
        return;
    (void)mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
}
