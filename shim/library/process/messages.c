/* SPDX-License-Identifier: MIT */
#include "library/process/messages.h"

#include "library/process/libc.h"
#include "library/process/python_status.h"
#include "library/process/state.h"
#include "shared/base/system_calls.h"
#include "shared/base/writer.h"

#include <errno.h>
#include <unistd.h>

static char kept[MSHIM_REFUSAL_BYTES];
static size_t kept_bytes;

void mshim_message_keep(const struct mshim_option *row, const char *value, void *context) {
    (void)context;
    if (kept_bytes == 0)
        kept_bytes = mshim_option_refusal(kept, sizeof kept, row, value, true);
}

void mshim_message_print_kept(void) {
    const int saved = errno;
    if (kept_bytes > 0 && mshim_write(STDERR_FILENO, kept, kept_bytes) < 0)
        errno = saved; /* there is nobody to tell */
}

void mshim_message_verbose(void) {
    static struct mshim_writer writer;
    const int saved = errno;
    writer = (struct mshim_writer){.fd = STDERR_FILENO};
    mshim_write_text(&writer, "mshim: " MSHIM_VERSION ", " MSHIM_LIBC ", ");
    mshim_write_text(&writer, mshim_process.allocator->name);
    mshim_write_text(&writer, " ");
    mshim_write_text(&writer, mshim_process.allocator->version);
    mshim_write_text(&writer, mshim_process.counting ? ", counters on" : ", counters off");
    mshim_write_text(&writer,
                     mshim_process.options.memfuncs ? ", memory functions on" : ", memory functions off");
    mshim_write_text(&writer, ", ");
    mshim_write_text(&writer, mshim_python_status_text());
    mshim_write_text(&writer, "\n");
    mshim_writer_flush(&writer);
    errno = saved;
}
