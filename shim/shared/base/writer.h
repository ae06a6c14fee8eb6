/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_WRITER_H
#define MSHIM_SHARED_BASE_WRITER_H

/* Buffered output to a descriptor. Allocates nothing, makes no system call but write(2), and is no cancellation
 * point. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mshim_writer {
    int fd;
    bool failed; /* a write has failed, and all that follows is dropped */
    size_t used;
    char buffer[4096];
};

void mshim_write_bytes(struct mshim_writer *writer, const char *bytes, size_t count);
void mshim_write_text(struct mshim_writer *writer, const char *text);
void mshim_write_number(struct mshim_writer *writer, uint64_t number);
/* Right-aligned in `width` columns. */
void mshim_write_padded(struct mshim_writer *writer, uint64_t number, unsigned width);
/* Left-aligned in `width` columns. */
void mshim_write_column(struct mshim_writer *writer, const char *text, unsigned width);
/* Seconds with three decimals. */
void mshim_write_seconds(struct mshim_writer *writer, uint64_t nanoseconds);
/* Seconds with nine decimals. */
void mshim_write_nanoseconds(struct mshim_writer *writer, uint64_t nanoseconds);
/* The quotient of both, with four decimals, and at most 1: the part may be an estimate. `whole` is not 0. */
void mshim_write_share(struct mshim_writer *writer, uint64_t part, uint64_t whole);
/* Any text, for a terminal: control characters become '?'. */
void mshim_write_visible(struct mshim_writer *writer, const char *text);
/* Quoted and escaped as a JSON string. */
void mshim_write_quoted(struct mshim_writer *writer, const char *text);
/* Quoted and escaped as a label value of Prometheus text, which has three escapes; what it cannot represent becomes
 * '?'. */
void mshim_write_label(struct mshim_writer *writer, const char *text);
/* Writes what is buffered. False if anything could not be written, now or before. */
bool mshim_writer_flush(struct mshim_writer *writer);

#endif
