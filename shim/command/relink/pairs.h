/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_PAIRS_H
#define MSHIM_COMMAND_RELINK_PAIRS_H

/*
 * The pairs of slots that describe thread-local variables to __tls_get_addr: the number of a module, which
 * the loader fills in (R_X86_64_DTPMOD64), and an offset in that module's variables. The first slot becomes
 * the variable's distance from the thread's address (R_X86_64_TPOFF64).
 */

#include "command/relink/code.h"
#include "command/relink/edits.h"
#include "command/relink/functions.h"

struct mshim_pair {
    uint64_t address;    /* first: what they are sorted by */
    int64_t addend;      /* of the relocation to come */
    size_t entry_offset; /* of the one that is there */
    uint32_t symbol;
    size_t users;
    struct mshim_reason left; /* why it stays; "" so far */
    bool changes;             /* mshim_pairs_edit has changed it */
};

struct mshim_pairs {
    struct mshim_pair *pair; /* by address */
    size_t count;
};

/* mshim_pairs_drop is to be called either way. */
bool mshim_pairs_read(struct mshim_pairs *pairs, const struct mshim_image *image,
                      const struct mshim_slots *slots, const struct mshim_functions *functions,
                      struct mshim_reason *reason);
void mshim_pairs_drop(struct mshim_pairs *pairs);

/* The pair that has a slot at the address; NULL where there is none. */
struct mshim_pair *mshim_pairs_at(const struct mshim_pairs *pairs, uint64_t address);

/* Leaves the pair as it is; the first reason stays. */
void mshim_pair_leave(struct mshim_pair *pair, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Goes byte by byte through what can be executed and was not decoded, for distances to a pair, and leaves
 * these pairs. */
void mshim_pairs_seek(struct mshim_pairs *pairs, const struct mshim_code *code);

/* Changes the relocations of those that are used and not left, and sets DF_STATIC_TLS if there is one. Where
 * that cannot be set, all are left. */
bool mshim_pairs_edit(struct mshim_pairs *pairs, struct mshim_edits *edits, const struct mshim_image *image,
                      struct mshim_reason *reason);

#endif
