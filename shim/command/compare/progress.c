/* SPDX-License-Identifier: MIT */
#include "command/compare/progress.h"
#include "shared/base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const uint64_t terminal_ns = 200000000, plain_ns = 20000000000;

void mshim_progress_start(struct mshim_progress *progress) {
    *progress = (struct mshim_progress){.terminal = isatty(STDERR_FILENO) == 1, .started_ns = mshim_now_ns()};
    progress->shown_ns = progress->terminal ? 0 : progress->started_ns;
}

void mshim_progress_set(struct mshim_progress *progress, double left_seconds, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(progress->what, sizeof progress->what, format, arguments);
    va_end(arguments);
    progress->end_ns = left_seconds < 0 ? 0 : mshim_now_ns() + (uint64_t)(left_seconds * 1e9);
    mshim_progress_show(progress);
}

static void append_clock(char *text, size_t size, const char *before, int64_t ns, const char *behind) {
    const long seconds = ns > 0 ? (long)((ns + 500000000) / 1000000000) : 0;
    snprintf(text, size, "%s%ld:%02ld%s", before, seconds / 60, seconds % 60, behind);
}

void mshim_progress_show(struct mshim_progress *progress) {
    const uint64_t now_ns = mshim_now_ns();
    char gone[32], left[48] = "";
    if (now_ns - progress->shown_ns < (progress->terminal ? terminal_ns : plain_ns))
        return;
    progress->shown_ns = now_ns;
    append_clock(gone, sizeof gone, "[", (int64_t)(now_ns - progress->started_ns), "]");
    if (progress->end_ns)
        append_clock(left, sizeof left, ", about ", (int64_t)(progress->end_ns - now_ns), " left");
    fprintf(stderr, progress->terminal ? "\r\033[K%s %s%s" : "%s %s%s\n", gone, progress->what, left);
    fflush(stderr);
}

void mshim_progress_note(const struct mshim_progress *progress, const char *format, ...) {
    char gone[32];
    va_list arguments;
    mshim_progress_clear(progress);
    append_clock(gone, sizeof gone, "[", (int64_t)(mshim_now_ns() - progress->started_ns), "] ");
    fputs(gone, stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    fflush(stderr);
}

void mshim_progress_clear(const struct mshim_progress *progress) {
    if (progress->terminal && progress->shown_ns)
        fputs("\r\033[K", stderr);
}
