/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_TLS_INDEX_H
#define MSHIM_COMMAND_RELINK_TLS_INDEX_H

/*
 * The argument of __tls_get_addr in the GOT, a tls_index: the number of a module, which the loader fills in
 * (R_X86_64_DTPMOD64), and an offset into that module's TLS block. Relinking makes the first word the offset
 * from the thread pointer (R_X86_64_TPOFF64).
 */

#include "command/relink/callees.h"
#include "command/relink/code.h"
#include "command/relink/edits.h"

struct mshim_tls_index {
    uint64_t address;    /* first: the key that they are sorted by */
    int64_t addend;      /* of the new relocation */
    size_t entry_offset; /* of the present relocation in the file */
    uint32_t symbol;
    size_t users;             /* references to it */
    struct mshim_reason left; /* why it stays; "" if there is no reason so far */
    bool changes;             /* mshim_tls_indexes_edit has changed it */
};

struct mshim_tls_indexes {
    struct mshim_tls_index *index; /* by address */
    size_t count;
};

/* Call mshim_tls_indexes_drop even after a failure. */
bool mshim_tls_indexes_read(struct mshim_tls_indexes *indexes, const struct mshim_elf_image *image,
                            const struct mshim_relocations *relocations, const struct mshim_callees *callees,
                            struct mshim_reason *reason);
void mshim_tls_indexes_drop(struct mshim_tls_indexes *indexes);

/* The one that the address is in; NULL if there is none. */
struct mshim_tls_index *mshim_tls_indexes_at(const struct mshim_tls_indexes *indexes, uint64_t address);

/* Notes why it has to stay as it is, unless there is a reason already. */
void mshim_tls_index_leave(struct mshim_tls_index *index, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Leaves those that code which was not decoded may refer to: any four bytes of it that would be the
 * displacement. */
void mshim_tls_indexes_seek(struct mshim_tls_indexes *indexes, const struct mshim_code *code);

/* Changes the relocations of those that are used and not left, and then sets DF_STATIC_TLS. Where that cannot
 * be set, all are left. */
bool mshim_tls_indexes_edit(struct mshim_tls_indexes *indexes, struct mshim_edits *edits,
                            const struct mshim_elf_image *image, struct mshim_reason *reason);

#endif
