/* SPDX-License-Identifier: MIT */
#include "command/relink/undo_make.h"
#include "command/relink/bytes.h"
#include "command/relink/sorted.h"
#include "command/relink/tls_sequences.h"
#include "command/relink/undo_format.h"

#include <stdlib.h>
#include <string.h>

/* Once there is not enough memory, undo->bytes stays NULL. */
static void put_bytes(struct mshim_undo *undo, const void *bytes, size_t size) {
    if (!undo->bytes)
        return;
    if (undo->capacity - undo->size < size) {
        const size_t more = (undo->capacity + size) * 2;
        unsigned char *grown = realloc(undo->bytes, more);
        if (!grown) {
            free(undo->bytes);
            undo->bytes = NULL;
            return;
        }
        undo->bytes = grown;
        undo->capacity = more;
    }
    memcpy(undo->bytes + undo->size, bytes, size);
    undo->size += size;
}

static void put(struct mshim_undo *undo, uint64_t number) {
    unsigned char bytes[10];
    size_t size = 0;
    do {
        bytes[size] = (unsigned char)(number & 0x7f);
        number >>= 7;
        bytes[size++] |= number ? 0x80 : 0;
    } while (number);
    put_bytes(undo, bytes, size);
}

static void put_signed(struct mshim_undo *undo, uint64_t difference) {
    put(undo, difference << 1 ^ (difference >> 63 ? UINT64_MAX : 0));
}

/* A function that calls lead to now, and the PLT entry that they led to before. */
struct call {
    uint64_t function, entry;
};

static int by_function(const void *a, const void *b) {
    const struct call *const one = a, *const other = b;
    if (one->function != other->function)
        return one->function < other->function ? -1 : 1;
    return one->entry < other->entry ? -1 : one->entry > other->entry;
}

struct calls {
    struct call *call;
    size_t count;
};

/* Where the call goes after the edit. */
static uint64_t new_target(const struct mshim_elf_image *image, const struct mshim_edit *edit) {
    uint64_t address = 0;
    /* Calls are in a segment that is loaded. */
    (void)mshim_elf_image_address(image, edit->offset, &address);
    return address + MSHIM_DISPLACEMENT_BYTES + mshim_bytes_displacement(edit->now);
}

/* Lists one PLT entry for each function. Where a function has two, the bytes of the second one's calls are
 * kept as other edits. */
static bool read_calls(struct calls *calls, const struct mshim_elf_image *image,
                       const struct mshim_edits *edits) {
    calls->count = 0;
    calls->call = malloc((edits->count + 1) * sizeof *calls->call);
    if (!calls->call)
        return false;
    for (size_t i = 0; i < edits->count; i++)
        if (edits->edit[i].kind == MSHIM_EDIT_CALL && edits->edit[i].size == MSHIM_DISPLACEMENT_BYTES)
            calls->call[calls->count++] =
                (struct call){new_target(image, &edits->edit[i]), edits->edit[i].old_target};
    qsort(calls->call, calls->count, sizeof *calls->call, by_function);
    size_t kept = 0;
    for (size_t i = 0; i < calls->count; i++)
        if (kept == 0 || calls->call[kept - 1].function != calls->call[i].function)
            calls->call[kept++] = calls->call[i];
    calls->count = kept;
    return true;
}

static bool is_listed(const struct calls *calls, const struct mshim_elf_image *image,
                      const struct mshim_edit *edit) {
    if (edit->kind != MSHIM_EDIT_CALL || edit->size != MSHIM_DISPLACEMENT_BYTES)
        return false;
    const size_t at =
        mshim_sorted_from(calls->call, calls->count, sizeof *calls->call, new_target(image, edit));
    return calls->call[at].entry == edit->old_target;
}

static void put_calls(struct mshim_undo *undo, const struct calls *calls, const struct mshim_elf_image *image,
                      const struct mshim_edits *edits) {
    struct call before = {0, 0};
    uint64_t listed = 0, last = 0;
    put(undo, calls->count);
    for (size_t i = 0; i < calls->count; i++) {
        put(undo, calls->call[i].function - before.function);
        put_signed(undo, calls->call[i].entry - before.entry);
        before = calls->call[i];
    }
    for (size_t i = 0; i < edits->count; i++)
        listed += is_listed(calls, image, &edits->edit[i]);
    put(undo, listed);
    for (size_t i = 0; i < edits->count; i++)
        if (is_listed(calls, image, &edits->edit[i])) {
            put(undo, edits->edit[i].offset - last);
            last = edits->edit[i].offset;
        }
}

/* Do the old bytes follow from the sequence and from what its first call refers to? */
static bool is_of_sequence(const struct mshim_edit *edit, unsigned sequence, uint64_t callee) {
    return edit->kind == MSHIM_EDIT_TLS_ACCESS && edit->sequence == sequence && edit->old_target == callee;
}

static uint64_t callee_of(const struct mshim_edits *edits, unsigned sequence) {
    for (size_t i = 0; i < edits->count; i++)
        if (edits->edit[i].kind == MSHIM_EDIT_TLS_ACCESS && edits->edit[i].sequence == sequence)
            return edits->edit[i].old_target;
    return 0;
}

static void put_tls_accesses(struct mshim_undo *undo, const struct mshim_edits *edits) {
    for (unsigned sequence = 0; sequence < MSHIM_TLS_SEQUENCES; sequence++) {
        const uint64_t callee = callee_of(edits, sequence);
        uint64_t count = 0, last = 0;
        for (size_t i = 0; i < edits->count; i++)
            count += is_of_sequence(&edits->edit[i], sequence, callee);
        put(undo, callee);
        put(undo, count);
        for (size_t i = 0; i < edits->count; i++)
            if (is_of_sequence(&edits->edit[i], sequence, callee)) {
                put(undo, edits->edit[i].offset - last);
                last = edits->edit[i].offset;
            }
    }
}

static bool is_other(const struct mshim_edits *edits, const struct calls *calls,
                     const struct mshim_elf_image *image, const struct mshim_edit *edit) {
    return edit->kind == MSHIM_EDIT_TLS_ACCESS ? edit->old_target != callee_of(edits, edit->sequence)
                                               : !is_listed(calls, image, edit);
}

static void put_others(struct mshim_undo *undo, const struct calls *calls,
                       const struct mshim_elf_image *image, const struct mshim_edits *edits) {
    uint64_t count = 0, last = 0;
    for (size_t i = 0; i < edits->count; i++)
        count += is_other(edits, calls, image, &edits->edit[i]);
    put(undo, count);
    for (size_t i = 0; i < edits->count; i++) {
        const struct mshim_edit *edit = &edits->edit[i];
        if (!is_other(edits, calls, image, edit))
            continue;
        put(undo, edit->offset - last);
        put(undo, edit->size);
        put_bytes(undo, image->bytes + edit->offset, edit->size);
        last = edit->offset;
    }
}

static void put_end(struct mshim_undo *undo, const struct mshim_elf_image *before,
                    const unsigned char *after) {
    unsigned char end[MSHIM_UNDO_END_BYTES];
    const uint64_t fields[] = {MSHIM_UNDO_FORMAT, undo->size, before->size,
                               mshim_undo_checksum(before->bytes, before->size),
                               mshim_undo_checksum(after, before->size)};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        mshim_bytes_put(end + i * sizeof *fields, fields[i], sizeof *fields);
    memcpy(end + sizeof fields, MSHIM_UNDO_MAGIC, sizeof end - sizeof fields);
    put_bytes(undo, end, sizeof end);
}

bool mshim_undo_make(struct mshim_undo *undo, const struct mshim_elf_image *before,
                     const unsigned char *after, const struct mshim_edits *edits,
                     struct mshim_reason *reason) {
    enum { FIRST_CAPACITY = 4096 };
    struct calls calls;
    *undo = (struct mshim_undo){malloc(FIRST_CAPACITY), 0, FIRST_CAPACITY};
    if (read_calls(&calls, before, edits)) {
        put_calls(undo, &calls, before, edits);
        put_tls_accesses(undo, edits);
        put_others(undo, &calls, before, edits);
        put_end(undo, before, after);
        free(calls.call);
    } else {
        mshim_undo_drop(undo);
    }
    return undo->bytes || mshim_refuse(reason, "not enough memory");
}

void mshim_undo_drop(struct mshim_undo *undo) {
    free(undo->bytes);
    *undo = (struct mshim_undo){0};
}
