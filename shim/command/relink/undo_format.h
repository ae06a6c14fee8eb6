/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_UNDO_FORMAT_H
#define MSHIM_COMMAND_RELINK_UNDO_FORMAT_H

/*
 * The data: numbers in groups of seven bits, the least first, the highest bit set where more follow
 * ("differences" are from the number before, those that may be negative folded: 0, -1, 1, -2, …).
 *
 *   count of functions; for each: difference of its address, folded difference of its entry in the PLT
 *   count of calls; for each: difference of the offset of the four bytes that lead to the function
 *   for each of the forms of look-ups: address that the call goes to, count; for each: difference of the
 * offset count of others; for each: difference of the offset, size, and the bytes that stood there
 *
 * and behind it the end of the file, MSHIM_UNDO_END_BYTES: five numbers of eight bytes, the least first
 * (format, bytes of the data, bytes of the original file, sums of that and of the relinked one), and the
 * magic.
 */

#include <stdint.h>

#define MSHIM_UNDO_MAGIC "mshimrelinked\n\0"

enum { MSHIM_UNDO_FORMAT = 1, MSHIM_UNDO_END_BYTES = 5 * 8 + 16 };

/* FNV-1a */
uint64_t mshim_undo_sum(const unsigned char *bytes, uint64_t size);

#endif
