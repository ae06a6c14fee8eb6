/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_UNDO_FORMAT_H
#define MSHIM_COMMAND_RELINK_UNDO_FORMAT_H

/*
 * The undo data. All numbers are unsigned LEB128; a "difference" is from the same number of the item before,
 * and a "signed difference" is zigzag-coded (0, -1, 1, -2, ...).
 *
 *   number of functions; for each:
 *       difference of its address
 *       signed difference of the address of its PLT entry
 *   number of calls; for each:
 *       difference of the file offset of the displacement, which leads to one of the functions
 *   for each TLS sequence (tls_sequences.h):
 *       address that the call referred to
 *       number of accesses; for each:
 *           difference of the file offset
 *   number of other edits; for each:
 *       difference of the file offset
 *       size
 *       the original bytes
 *
 * The end of the file follows, MSHIM_UNDO_END_BYTES long: five 64-bit little-endian numbers, then the magic.
 *
 *   format
 *   size of the undo data
 *   size of the original file
 *   checksum of the original file
 *   checksum of the relinked file without the undo data
 */

#include <stdint.h>

#define MSHIM_UNDO_MAGIC "mshimrelinked\n\0"

enum { MSHIM_UNDO_FORMAT = 1, MSHIM_UNDO_END_BYTES = 5 * 8 + 16 };

/* FNV-1a */
static inline uint64_t mshim_undo_checksum(const unsigned char *bytes, uint64_t size) {
    uint64_t sum = 0xcbf29ce484222325;
    for (uint64_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3;
    return sum;
}

#endif
