/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_IMAGE_H
#define MSHIM_COMMAND_RELINK_IMAGE_H

/*
 * An ELF file for x86-64, in memory. It may be anything: what mshim_image_parse has passed can be used
 * without a look at the bounds, all else goes through the functions below, which check them.
 *
 * "Address" is where a loader puts a byte, relative to the file's base; "offset" is where it stands in the
 * file.
 */

#include "command/relink/reason.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

struct mshim_section {
    const char *name; /* "" where it has none */
    uint64_t address, offset, size, flags;
    uint32_t type;
};

struct mshim_image {
    unsigned char *bytes; /* the caller's */
    size_t size;
    const char *interpreter; /* the loader that a program asks for; NULL where there is none */
    Elf64_Phdr *segments;
    size_t segment_count;
    struct mshim_section *sections;
    size_t section_count;                               /* 0: the file has no section headers */
    size_t dynamic_offset, dynamic_count, dynamic_room; /* entries before the first DT_NULL, and all */
    size_t strings_offset, strings_size;
    size_t symbols_offset, symbol_count; /* of the dynamic symbol table; 0 where it cannot be found */
};

/* Reads the headers of image->bytes. False, with the reason, where they cannot be trusted; mshim_image_drop
 * is to be called either way. */
bool mshim_image_parse(struct mshim_image *image, struct mshim_reason *reason);
void mshim_image_drop(struct mshim_image *image);

/* The offset of `size` bytes at an address. False where the file does not hold all of them in one segment. */
bool mshim_image_offset(const struct mshim_image *image, uint64_t address, uint64_t size, size_t *offset);

/* The address of the byte at an offset. False where the loader puts it nowhere. */
bool mshim_image_address(const struct mshim_image *image, uint64_t offset, uint64_t *address);

/* Is the address in a segment that is executable? */
bool mshim_image_executable(const struct mshim_image *image, uint64_t address);

/* The first section of a name, NULL if there is none. */
const struct mshim_section *mshim_image_section(const struct mshim_image *image, const char *name);

/* Entry `index` of the dynamic section, index < dynamic_room. */
Elf64_Dyn mshim_image_dynamic_at(const struct mshim_image *image, size_t index);

/* The value of the first entry with that tag. */
bool mshim_image_dynamic(const struct mshim_image *image, int64_t tag, uint64_t *value);

/* A string of the dynamic string table; NULL where it does not end within. */
const char *mshim_image_string(const struct mshim_image *image, uint64_t index);

/* Dynamic symbol `index`; false where there is none. */
bool mshim_image_symbol(const struct mshim_image *image, size_t index, Elf64_Sym *symbol);

#endif
