/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_WRITER_H
#define MSHIM_SHARED_BASE_WRITER_H

/* Buffered output that allocates nothing and makes no system call but write(2), which is no cancellation
 * point here. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mshim_writer {
    int fd;
    bool failed; /* a write failed; what follows is dropped */
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
/* Seconds with nine. */
void mshim_write_nanoseconds(struct mshim_writer *writer, uint64_t nanoseconds);
/* A part of a whole, which is not 0, with four decimals; 1 where the part is an estimate that came out
 * larger. */
void mshim_write_share(struct mshim_writer *writer, uint64_t part, uint64_t whole);
/* What may be anything, for a terminal: control characters are '?'. */
void mshim_write_visible(struct mshim_writer *writer, const char *text);
/* Quoted and escaped as a string of JSON. */
void mshim_write_quoted(struct mshim_writer *writer, const char *text);
/* Quoted and escaped as the value of a label in Prometheus' text, which knows three escapes; what it cannot
 * say is '?'. */
void mshim_write_label(struct mshim_writer *writer, const char *text);
/* Writes what is left. False if anything could not be written. */
bool mshim_writer_flush(struct mshim_writer *writer);

#endif
