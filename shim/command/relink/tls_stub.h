/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_TLS_STUB_H
#define MSHIM_COMMAND_RELINK_TLS_STUB_H

/*
 * A function that takes the place of __tls_get_addr where a TLS access is too short for other instructions:
 * the thread pointer plus the first word of the tls_index, which relinking has made the offset from there.
 *
 * It lies where every tool knows code to be, so that strip keeps it, and where unwinding through it works:
 * in the PLT entry of __tls_get_addr, if nothing else calls that, and else in the padding after a function
 * that saves nothing, whose frame description entry is extended.
 */

#include "command/relink/code.h"
#include "command/relink/edits.h"
#include "command/relink/eh_frame.h"

enum { MSHIM_TLS_STUB_BYTES = 10 };

struct mshim_tls_stub {
    uint64_t address;
    size_t capacity;          /* the bytes that it overwrites, up to the end of an instruction */
    struct mshim_frame frame; /* the one to extend up to the end of the stub; its size is 0 in the PLT */
};

/* Does the PLT entry, or a function, at the address consist of the stub? */
bool mshim_tls_stub_is_at(const struct mshim_elf_image *image, uint64_t address);

/* Puts the stub into a PLT entry, if nothing reaches that but `calls` calls. */
bool mshim_tls_stub_use_plt(struct mshim_tls_stub *stub, const struct mshim_code *code,
                            const struct mshim_relocations *relocations, uint64_t entry, size_t calls);

/* Puts the stub into the padding between two functions. */
bool mshim_tls_stub_use_padding(struct mshim_tls_stub *stub, const struct mshim_code *code);

/* Adds the edits that write it. */
bool mshim_tls_stub_edit(const struct mshim_tls_stub *stub, struct mshim_edits *edits,
                         const struct mshim_elf_image *image, struct mshim_reason *reason);

#endif
