/* SPDX-License-Identifier: MIT */
#include "command/relink/relink.h"
#include "command/command.h"
#include "command/relink/frontend/report.h"
#include "command/relink/replace.h"
#include "command/relink/undo_apply.h"

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

/* Relinks the original in memory. */
static bool relink(struct mshim_relinked *relinked, const struct mshim_relink_target *target,
                   unsigned char *original, size_t size, bool keep_tls, struct mshim_reason *reason) {
    const struct mshim_elf_image *images[MSHIM_MAX_OBJECTS];
    struct mshim_others others = {images, 0};
    for (size_t i = 0; i < target->objects.count; i++)
        if (target->objects.object[i] != target->object)
            images[others.count++] = &target->objects.object[i]->image;
    return mshim_relink_target_is_whole(target, reason) &&
           mshim_relink(relinked, original, size, &others, keep_tls, reason);
}

static void print_result(const char *path, const char *what, const char *out) {
    mshim_print("%s: %s%s%s", path, what, out ? ", written to " : "", out ? out : "");
}

static int do_relink(const struct mshim_relink_target *target, const struct flags *flags,
                     unsigned char *original, size_t size, struct mshim_reason *reason) {
    const struct mshim_file *file = &target->object->file;
    struct mshim_relinked relinked = {0};
    if (!relink(&relinked, target, original, size, flags->keep_tls, reason)) {
        mshim_relinked_drop(&relinked);
        return left_alone(file->path, reason);
    }
    const bool same = relinked.size == file->size && memcmp(relinked.bytes, file->bytes, file->size) == 0;
    const bool writes = !flags->check && (!same || flags->out);
    if (writes && !mshim_file_replace(file, flags->out, relinked.bytes, relinked.size, reason)) {
        mshim_relinked_drop(&relinked);
        return left_alone(file->path, reason);
    }
    print_result(file->path,
                 relinked.edits == 0 ? "there is nothing to relink in it"
                 : same              ? "is relinked"
                 : flags->check      ? "can be relinked"
                                     : "relinked",
                 flags->out);
    mshim_relink_report(target, &relinked, same || writes);
    mshim_relinked_drop(&relinked);
    return flags->check && !same ? MSHIM_NO : MSHIM_DONE;
}

/* Is a file without undo data an original? Not if there is nothing to relink in it. */
static bool is_original(const struct mshim_relink_target *target, unsigned char *bytes, size_t size) {
    struct mshim_relinked relinked = {0};
    struct mshim_reason reason;
    const bool original = !relink(&relinked, target, bytes, size, false, &reason) || relinked.edits > 0;
    mshim_relinked_drop(&relinked);
    return original;
}

static int do_undo(const struct mshim_relink_target *target, const struct flags *flags, bool was_relinked,
                   unsigned char *original, size_t size, struct mshim_reason *reason) {
    const struct mshim_file *file = &target->object->file;
    if (!was_relinked && !is_original(target, original, size)) {
        mshim_reason_write(reason, "it has no undo data: it was not relinked, or strip has removed them");
        return left_alone(file->path, reason);
    }
    if ((was_relinked || flags->out) && !mshim_file_replace(file, flags->out, original, size, reason))
        return left_alone(file->path, reason);
    print_result(file->path, was_relinked ? "the original is back" : "is not relinked", flags->out);
    return MSHIM_DONE;
}

static int work(const struct mshim_relink_target *target, const struct flags *flags, unsigned char *original,
                struct mshim_reason *reason) {
    const struct mshim_file *file = &target->object->file;
    size_t size = file->size;
    memcpy(original, file->bytes, size);
    const enum mshim_undo_state state = mshim_undo_apply(original, &size, reason);
    if (state == MSHIM_UNDO_BROKEN)
        return left_alone(file->path, reason);
    return flags->undo ? do_undo(target, flags, state == MSHIM_UNDO_DONE, original, size, reason)
                       : do_relink(target, flags, original, size, reason);
}

static int relink_file(const char *name, const struct flags *flags) {
    static struct mshim_relink_target target;
    struct mshim_reason reason = {"not enough memory"};
    int status;
    if (mshim_relink_target_find(&target, name, &reason)) {
        unsigned char *original = malloc(target.object->file.size);
        status = original ? work(&target, flags, original, &reason) : left_alone(name, &reason);
        free(original);
    } else {
        status = left_alone(name, &reason);
    }
    mshim_relink_target_drop(&target);
    return status;
}

/* False where the flags contradict each other, or were --help or --version. */
static bool read_flags(struct flags *flags, int argc, char **argv, int *status) {
    for (int flag; (flag = mshim_next_flag(argc, argv, "o:", status)) != -1;) {
        if (flag == '?')
            return false;
        if (flag == 'o')
            flags->out = optarg;
        else if (strcmp(mshim_long_flag, "check") == 0)
            flags->check = true;
        else if (strcmp(mshim_long_flag, "undo") == 0)
            flags->undo = true;
        else
            flags->keep_tls = true;
    }
    *status = optind == argc ? mshim_misuse(argv[0], "%s: no file given", argv[0])
              : flags->check && flags->undo
                  ? mshim_misuse(argv[0], "%s: --check or --undo, not both", argv[0])
              : flags->check && flags->out
                  ? mshim_misuse(argv[0], "%s: --check writes nothing, -o has no use", argv[0])
              : flags->undo && flags->keep_tls
                  ? mshim_misuse(argv[0], "%s: --undo brings all back, --keep-tls has no use", argv[0])
              : flags->out && optind + 1 < argc ? mshim_misuse(argv[0], "%s: -o takes one file", argv[0])
                                                : MSHIM_DONE;
    return *status == MSHIM_DONE;
}

int mshim_command_relink(int argc, char **argv) {
    struct flags flags = {0};
    int status;
    if (!read_flags(&flags, argc, argv, &status))
        return status;
    for (int i = optind; i < argc; i++) {
        const int one = relink_file(argv[i], &flags);
        status = one > status ? one : status;
    }
    return status;
}
