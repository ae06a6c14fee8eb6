/* SPDX-License-Identifier: MIT */
#include "command/relink/frontend/report.h"
#include "command/screen/output.h"

/* "12 ..." */
static const char *const left_because[MSHIM_BINDINGS] = {
    [MSHIM_BINDING_EXTERNAL] = "go to other libraries",
    [MSHIM_BINDING_ALLOCATOR] = "go to the malloc family, which preloaded libraries replace",
    [MSHIM_BINDING_WEAK] = "go to weak functions, which may be replaced",
    [MSHIM_BINDING_IFUNC] = "go to functions that are chosen when it is loaded (IFUNC)",
    [MSHIM_BINDING_DUPLICATE] = "go to functions that the program or another of its libraries defines, too",
    [MSHIM_BINDING_VERSIONED] = "go to functions that it has in several versions",
    [MSHIM_BINDING_UNKNOWN] = "go to what is not a function in its code",
};

static void report_calls(const struct mshim_calls *calls, bool done) {
    if (calls->all == 0)
        return;
    mshim_print("  calls through the PLT: %zu of %zu %s directly to its own functions", calls->direct,
                calls->all, done ? "go" : "can go");
    for (size_t i = 0; i < MSHIM_BINDINGS; i++) {
        const bool named = i != MSHIM_BINDING_EXTERNAL && calls->names[i][0];
        if (calls->left[i] > 0)
            mshim_print("    %zu %s%s%s", calls->left[i], left_because[i], named ? ": " : "",
                        named ? calls->names[i] : "");
    }
    if (calls->too_far > 0)
        mshim_print("    %zu are short jumps, which do not reach their function", calls->too_far);
}

static void report_tls_accesses(const struct mshim_relinked *relinked, bool done) {
    const struct mshim_tls_accesses *tls_accesses = &relinked->tls_accesses;
    if (relinked->keeps_tls) {
        mshim_print("  accesses of thread-local variables: left alone (--keep-tls)");
        return;
    }
    if (tls_accesses->all == 0)
        return;
    mshim_print("  accesses of thread-local variables: %zu of %zu %s __tls_get_addr", tls_accesses->direct,
                tls_accesses->all, done ? "do without" : "can do without");
    if (tls_accesses->by_stub > 0)
        mshim_print("    %zu of these call a shorter function in its place", tls_accesses->by_stub);
    for (size_t i = 0; i < tls_accesses->left_count; i++)
        mshim_print("    %zu stay: %s", tls_accesses->left[i].count, tls_accesses->left[i].reason.text);
}

/* glibc reserves 1,664 bytes of static TLS for all libraries that are opened late. Other uses leave at least
 * 512 of them. */
enum { MIN_STATIC_TLS_BYTES = 512 };

static unsigned long long thread_local_bytes(const struct mshim_relink_target *target) {
    const struct mshim_elf_image *const image = &target->object->image;
    for (size_t i = 0; i < image->segment_count; i++)
        if (image->segments[i].p_type == PT_TLS)
            return image->segments[i].p_memsz;
    return 0;
}

void mshim_relink_report(const struct mshim_relink_target *target, const struct mshim_relinked *relinked,
                         bool done) {
    report_calls(&relinked->calls, done);
    report_tls_accesses(relinked, done);
    if (relinked->left_bytes > 0)
        mshim_print("  %zu bytes of its code belong to no function, and stay as they are",
                    relinked->left_bytes);
    if (*target->objects.missing)
        mshim_print("  not found, and so not searched for functions of the same names: %s",
                    target->objects.missing);
    if (relinked->tls_accesses.direct > 0 && target->on_musl)
        mshim_print("  musl %s to open it by dlopen: a libpython that a program loads late (uWSGI's plugin, "
                    "mod_wsgi, PL/Python) needs --keep-tls",
                    done ? "refuses from now on" : "would refuse");
    else if (relinked->tls_accesses.direct > 0 && thread_local_bytes(target) > MIN_STATIC_TLS_BYTES)
        mshim_print(
            "  glibc %s to open it by dlopen where its %llu bytes of thread-local variables exceed the "
            "static TLS that it reserves: use --keep-tls then",
            done ? "refuses from now on" : "would refuse", thread_local_bytes(target));
    if (relinked->undo_bytes > 0)
        mshim_print(done ? "  %zu bytes at its end bring the original back (--undo)"
                         : "  %zu bytes more at its end would bring the original back (--undo)",
                    relinked->undo_bytes);
}
