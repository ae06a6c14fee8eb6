/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_TLS_SEQUENCES_H
#define MSHIM_COMMAND_RELINK_TLS_SEQUENCES_H

/*
 * The code sequences of the dynamic TLS models, and those that take their place. Before: the address of a
 * tls_index into rdi, and a call of __tls_get_addr, through the PLT or the GOT. After: the thread pointer,
 * from %fs:0, plus the first word of the tls_index, which then holds the offset from there. Both leave an
 * address in rax, and the new sequence changes no register that the call preserves.
 */

#include <stdint.h>

struct mshim_tls_sequence {
    const char *name;
    unsigned char load[4]; /* lea tls_index(%rip),%rdi without the displacement */
    unsigned char call[4]; /* call __tls_get_addr without the displacement */
    unsigned char now[12]; /* the new instructions without the last displacement */
    uint8_t load_bytes, call_bytes, now_bytes;
};

enum { MSHIM_TLS_SEQUENCES = 4 };

/* now_bytes is 0 where the new instructions would need more bytes than there are. */
extern const struct mshim_tls_sequence mshim_tls_sequences[MSHIM_TLS_SEQUENCES];

/* The size of the sequence, before and after. */
unsigned mshim_tls_sequence_bytes(const struct mshim_tls_sequence *sequence);

#endif
