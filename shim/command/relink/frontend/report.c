/* SPDX-License-Identifier: MIT */
#include "command/relink/frontend/report.h"
#include "command/screen/output.h"

/* "12 …" */
static const char *const left_because[MSHIM_STANDINGS] = {
    [MSHIM_FOREIGN] = "go to other libraries",
    [MSHIM_ALLOCATOR] = "are of the malloc family, which preloaded libraries replace",
    [MSHIM_WEAK] = "go to weak functions, which are meant to be replaced",
    [MSHIM_CHOSEN] = "go to functions that are chosen when it is loaded",
    [MSHIM_SHARED] = "go to functions that the program or another of its libraries defines too",
    [MSHIM_VERSIONS] = "go to functions of which it has several versions",
    [MSHIM_UNKNOWN] = "go to what is no function in its code",
};

static void report_calls(const struct mshim_calls *calls, bool done) {
    if (calls->all == 0)
        return;
    mshim_print("  calls through the PLT: %zu of %zu %s directly to its own functions", calls->direct,
                calls->all, done ? "go" : "can go");
    for (size_t i = 0; i < MSHIM_STANDINGS; i++) {
        const bool named = i != MSHIM_FOREIGN && calls->names[i][0];
        if (calls->left[i] > 0)
            mshim_print("    %zu %s%s%s", calls->left[i], left_because[i], named ? ": " : "",
                        named ? calls->names[i] : "");
    }
    if (calls->too_far > 0)
        mshim_print("    %zu are too short to reach their function", calls->too_far);
}

static void report_lookups(const struct mshim_relinked *relinked, bool done) {
    const struct mshim_lookups *lookups = &relinked->lookups;
    if (relinked->keeps_lookups) {
        mshim_print("  look-ups of thread-local variables: left alone (--keep-tls)");
        return;
    }
    if (lookups->all == 0)
        return;
    mshim_print("  look-ups of thread-local variables: %zu of %zu %s without a call", lookups->direct,
                lookups->all, done ? "do" : "can do");
    if (lookups->direct < lookups->all)
        mshim_print("    %zu stay: %s", lookups->all - lookups->direct, lookups->left.text);
}

/* glibc keeps 1,664 bytes for all libraries that are opened late, of which other uses may take all but 512.
 */
enum { LATE_BYTES = 512 };

static unsigned long long thread_local_bytes(const struct mshim_relink_target *target) {
    const struct mshim_image *const image = &target->object->image;
    for (size_t i = 0; i < image->segment_count; i++)
        if (image->segments[i].p_type == PT_TLS)
            return image->segments[i].p_memsz;
    return 0;
}

void mshim_relink_report(const struct mshim_relink_target *target, const struct mshim_relinked *relinked,
                         bool done) {
    report_calls(&relinked->calls, done);
    report_lookups(relinked, done);
    if (relinked->left_bytes > 0)
        mshim_print("  %zu bytes between its functions are no code that its tables tell of, and stay",
                    relinked->left_bytes);
    if (*target->objects.missing)
        mshim_print("  not found, so that functions of the same names there are not known: %s",
                    target->objects.missing);
    if (relinked->lookups.direct > 0 && target->on_musl)
        mshim_print("  musl %s to open it by dlopen: a libpython that a program loads late (uWSGI's plugin, "
                    "mod_wsgi, "
                    "PL/Python) needs --keep-tls",
                    done ? "refuses from now on" : "would refuse");
    else if (relinked->lookups.direct > 0 && thread_local_bytes(target) > LATE_BYTES)
        mshim_print(
            "  glibc %s to open it by dlopen where its %llu bytes of thread-local variables do not fit into "
            "the little that it keeps for that: then --keep-tls",
            done ? "refuses from now on" : "would refuse", thread_local_bytes(target));
    if (relinked->undo_bytes > 0)
        mshim_print(done ? "  %zu bytes at its end bring the original back (--undo)"
                         : "  %zu bytes more at its end would bring the original back (--undo)",
                    relinked->undo_bytes);
}
