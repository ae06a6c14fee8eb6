/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_ELF_IMAGE_H
#define MSHIM_COMMAND_RELINK_ELF_IMAGE_H

/*
 * An ELF file for x86-64, in memory. It is not to be trusted: what mshim_elf_image_parse has stored here is
 * within bounds, all else is read by the functions below, which check them.
 *
 * "Address" is relative to the base at which the file is loaded, "offset" to the beginning of the file.
 */

#include "command/relink/reason.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

struct mshim_section {
    const char *name; /* "" if it has none */
    uint64_t address, offset, size, flags;
    uint32_t type;
};

struct mshim_elf_image {
    unsigned char *bytes; /* the caller's */
    size_t size;
    const char *interpreter; /* PT_INTERP; NULL if there is none */
    Elf64_Phdr *segments;
    size_t segment_count;
    struct mshim_section *sections;
    size_t section_count;                                   /* 0: the file has no section headers */
    size_t dynamic_offset, dynamic_count, dynamic_capacity; /* entries before the first DT_NULL, and all */
    size_t strings_offset, strings_size;
    size_t symbols_offset, symbol_count; /* the dynamic symbol table; 0 if it is not found */
};

/* Reads the headers of image->bytes. False, with the reason, where they are invalid. Call
 * mshim_elf_image_drop even then. */
bool mshim_elf_image_parse(struct mshim_elf_image *image, struct mshim_reason *reason);
void mshim_elf_image_drop(struct mshim_elf_image *image);

/* The offset of `size` bytes at an address. False if the file does not hold all of them in one segment. */
bool mshim_elf_image_offset(const struct mshim_elf_image *image, uint64_t address, uint64_t size,
                            size_t *offset);

/* The address of the byte at an offset. False if it is not loaded. */
bool mshim_elf_image_address(const struct mshim_elf_image *image, uint64_t offset, uint64_t *address);

/* Is the address in an executable segment? */
bool mshim_elf_image_executable(const struct mshim_elf_image *image, uint64_t address);

/* The first section of a name, NULL if there is none. */
const struct mshim_section *mshim_elf_image_section(const struct mshim_elf_image *image, const char *name);

/* Entry `index` of the dynamic section, index < dynamic_capacity. */
Elf64_Dyn mshim_elf_image_dynamic_at(const struct mshim_elf_image *image, size_t index);

/* The value of the first entry with that tag. */
bool mshim_elf_image_dynamic(const struct mshim_elf_image *image, int64_t tag, uint64_t *value);

/* A string of the dynamic string table; NULL if it is not in there. */
const char *mshim_elf_image_string(const struct mshim_elf_image *image, uint64_t index);

/* Dynamic symbol `index`; false if there is none. */
bool mshim_elf_image_symbol(const struct mshim_elf_image *image, size_t index, Elf64_Sym *symbol);

#endif
