/* SPDX-License-Identifier: MIT */
#include "relink/relink.h"
#include "command/command.h"
#include "relink/file.h"
#include "relink/undo.h"

#include <string.h>
#include <unistd.h>

struct flags {
    bool check, undo, keep_tls;
    const char *out;
};

static int left_alone(const char *name, const struct mshim_reason *reason) {
    mshim_message("%s: left alone: %s", name, reason->text);
    return MSHIM_LEFT_ALONE;
}

static void describe(const struct mshim_relinked *relinked, const char *would) {
    const struct mshim_calls *calls = &relinked->calls;
    const struct mshim_lookups *lookups = &relinked->lookups;
    mshim_print("  %zu of %zu calls through the PLT %sgo directly to the library's own functions",
                calls->direct, calls->all, would);
    if (relinked->keeps_lookups)
        mshim_print("  thread-local variables are left alone (--keep-tls)");
    else
        mshim_print("  %zu of %zu look-ups of thread-local variables %sneed no call", lookups->direct,
                    lookups->all, would);
}

static int work(const struct mshim_file *file, const struct flags *flags, unsigned char *bytes,
                struct mshim_reason *reason) {
    const struct mshim_others others = {NULL, 0};
    struct mshim_relinked relinked;
    size_t size = file->size;
    memcpy(bytes, file->bytes, size);
    const enum mshim_undo_state state = mshim_undo_apply(bytes, &size, reason);
    if (state == MSHIM_UNDO_BROKEN)
        return left_alone(file->path, reason);
    if (flags->undo) {
        if (state == MSHIM_UNDO_DONE && !mshim_file_replace(file, flags->out, bytes, size, reason))
            return left_alone(file->path, reason);
        return MSHIM_DONE;
    }
    if (!mshim_relink(&relinked, bytes, size, &others, flags->keep_tls, reason))
        return left_alone(file->path, reason);
    const bool same = relinked.size == file->size && memcmp(relinked.bytes, file->bytes, file->size) == 0;
    int status = flags->check && !same ? MSHIM_NO : MSHIM_DONE;
    if (!flags->check && (!same || flags->out) &&
        !mshim_file_replace(file, flags->out, relinked.bytes, relinked.size, reason))
        status = left_alone(file->path, reason);
    if (status != MSHIM_LEFT_ALONE) {
        mshim_print("%s: %s", file->path, flags->check && !same ? "can be relinked" : "relinked");
        describe(&relinked, "");
    }
    free(relinked.bytes);
    return status;
}

static int relink(const char *name, const struct flags *flags) {
    struct mshim_reason reason = {""};
    struct mshim_file file;
    int status = MSHIM_LEFT_ALONE;
    if (mshim_file_read(&file, name, &reason)) {
        unsigned char *bytes = malloc(file.size);
        status = bytes ? work(&file, flags, bytes, &reason) : MSHIM_LEFT_ALONE;
        free(bytes);
    } else {
        left_alone(name, &reason);
    }
    mshim_file_close(&file);
    return status;
}

int mshim_command_relink(int argc, char **argv) {
    struct flags flags = {0};
    int status;
    for (int flag; (flag = mshim_next_flag(argc, argv, "o:", &status)) != -1;) {
        if (flag == '?')
            return status;
        if (flag == 'o')
            flags.out = optarg;
        else if (strcmp(mshim_long_flag, "check") == 0)
            flags.check = true;
        else if (strcmp(mshim_long_flag, "undo") == 0)
            flags.undo = true;
        else
            flags.keep_tls = true;
    }
    if (optind == argc)
        return mshim_misuse(argv[0], "%s: no file given", argv[0]);
    if (flags.check && (flags.undo || flags.out))
        return mshim_misuse(argv[0], "%s: --check goes neither with --undo nor with -o", argv[0]);
    if (flags.out && optind + 1 < argc)
        return mshim_misuse(argv[0], "%s: -o takes one file", argv[0]);
    status = MSHIM_DONE;
    for (int i = optind; i < argc; i++) {
        const int one = relink(argv[i], &flags);
        status = one > status ? one : status;
    }
    return status;
}
