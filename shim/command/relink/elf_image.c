/* SPDX-License-Identifier: MIT */
#include "command/relink/elf_image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Linkers write about 10 and 40. Bounded, as look-ups by address are linear. */
enum { MAX_SEGMENTS = 128, MAX_SECTIONS = 2048 };

/* Is [at, at + size) within [0, whole)? */
static bool within(uint64_t at, uint64_t size, uint64_t whole) {
    return at <= whole && size <= whole - at;
}

bool mshim_elf_image_offset(const struct mshim_elf_image *image, uint64_t address, uint64_t size,
                            size_t *offset) {
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
            within(address - segment->p_vaddr, size, segment->p_filesz)) {
            *offset = (size_t)(segment->p_offset + (address - segment->p_vaddr));
            return true;
        }
    }
    return false;
}

bool mshim_elf_image_address(const struct mshim_elf_image *image, uint64_t offset, uint64_t *address) {
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type == PT_LOAD && offset - segment->p_offset < segment->p_filesz) {
            *address = segment->p_vaddr + (offset - segment->p_offset);
            return true;
        }
    }
    return false;
}

bool mshim_elf_image_executable(const struct mshim_elf_image *image, uint64_t address) {
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) && address >= segment->p_vaddr &&
            address - segment->p_vaddr < segment->p_memsz)
            return true;
    }
    return false;
}

const struct mshim_section *mshim_elf_image_section(const struct mshim_elf_image *image, const char *name) {
    for (size_t i = 0; i < image->section_count; i++)
        if (strcmp(image->sections[i].name, name) == 0)
            return &image->sections[i];
    return NULL;
}

static bool parse_header(const struct mshim_elf_image *image, Elf64_Ehdr *header,
                         struct mshim_reason *reason) {
    if (image->size < SELFMAG || memcmp(image->bytes, ELFMAG, SELFMAG) != 0)
        return mshim_refuse(reason, "it is not an ELF file");
    if (image->size < sizeof *header)
        return mshim_refuse(reason, "it ends within the ELF header (%zu bytes)", image->size);
    memcpy(header, image->bytes, sizeof *header);
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != EM_X86_64)
        return mshim_refuse(reason, "it is for another machine (number %u); only x86-64 is known",
                            header->e_machine);
    if (header->e_type != ET_DYN && header->e_type != ET_EXEC)
        return mshim_refuse(reason, "it is neither a shared library nor a program (ELF type %u)",
                            header->e_type);
    return true;
}

/* Loaded segments must be in order and share no bytes of the file, so that each byte has one address. */
static bool check_loads(const struct mshim_elf_image *image, struct mshim_reason *reason) {
    const Elf64_Phdr *before = NULL;
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type != PT_LOAD)
            continue;
        if (!within(segment->p_offset, segment->p_filesz, image->size))
            return mshim_refuse(reason, "segment %zu lies beyond the end of the file", i);
        if (segment->p_filesz > segment->p_memsz || !within(segment->p_vaddr, segment->p_memsz, INT64_MAX))
            return mshim_refuse(reason, "segment %zu has an impossible size", i);
        if (before && segment->p_vaddr - before->p_vaddr < before->p_memsz)
            return mshim_refuse(reason, "segment %zu overlaps another", i);
        if (before && segment->p_vaddr < before->p_vaddr)
            return mshim_refuse(reason, "segment %zu is out of order", i);
        for (size_t j = 0; j < i; j++) {
            const Elf64_Phdr *other = &image->segments[j];
            if (other->p_type == PT_LOAD && segment->p_offset < other->p_offset + other->p_filesz &&
                other->p_offset < segment->p_offset + segment->p_filesz)
                return mshim_refuse(reason, "segments %zu and %zu share a part of the file", j, i);
        }
        before = segment;
    }
    return before || mshim_refuse(reason, "it has no segment to load");
}

static bool parse_segments(struct mshim_elf_image *image, const Elf64_Ehdr *header,
                           struct mshim_reason *reason) {
    const size_t count = header->e_phnum;
    if (header->e_phentsize != sizeof(Elf64_Phdr) || count == 0 || count > MAX_SEGMENTS ||
        !within(header->e_phoff, count * sizeof(Elf64_Phdr), image->size))
        return mshim_refuse(reason, "its %zu program headers at offset %" PRIu64 " cannot be read", count,
                            (uint64_t)header->e_phoff);
    image->segments = malloc(count * sizeof *image->segments);
    if (!image->segments)
        return mshim_refuse(reason, "not enough memory");
    memcpy(image->segments, image->bytes + header->e_phoff, count * sizeof *image->segments);
    image->segment_count = count;
    for (size_t i = 0; i < count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type == PT_INTERP && segment->p_filesz > 1 &&
            within(segment->p_offset, segment->p_filesz, image->size) &&
            image->bytes[segment->p_offset + segment->p_filesz - 1] == 0)
            image->interpreter = (const char *)image->bytes + segment->p_offset;
    }
    return check_loads(image, reason);
}

/* The string table of names ends with a NUL, so that every name does. */
static bool parse_section(struct mshim_elf_image *image, const Elf64_Shdr *header, const Elf64_Shdr *names,
                          size_t index, struct mshim_reason *reason) {
    struct mshim_section *section = &image->sections[index];
    if (header->sh_type != SHT_NOBITS && header->sh_type != SHT_NULL &&
        !within(header->sh_offset, header->sh_size, image->size))
        return mshim_refuse(reason, "section %zu lies beyond the end of the file", index);
    *section = (struct mshim_section){"",
                                      header->sh_addr,
                                      header->sh_offset,
                                      header->sh_type == SHT_NULL ? 0 : header->sh_size,
                                      header->sh_flags,
                                      header->sh_type};
    if (header->sh_name < names->sh_size)
        section->name = (const char *)image->bytes + names->sh_offset + header->sh_name;
    size_t offset;
    if ((header->sh_flags & SHF_ALLOC) && header->sh_type != SHT_NOBITS && header->sh_size > 0 &&
        (!mshim_elf_image_offset(image, header->sh_addr, header->sh_size, &offset) ||
         offset != header->sh_offset))
        return mshim_refuse(reason, "section %zu (%s) is not where the program headers have it", index,
                            section->name);
    return true;
}

static bool parse_sections(struct mshim_elf_image *image, const Elf64_Ehdr *header,
                           struct mshim_reason *reason) {
    const size_t count = header->e_shnum;
    Elf64_Shdr names;
    if (header->e_shoff == 0 || count == 0)
        return true;
    if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shstrndx >= count || count > MAX_SECTIONS ||
        !within(header->e_shoff, count * sizeof(Elf64_Shdr), image->size))
        return mshim_refuse(reason, "its %zu section headers at offset %" PRIu64 " cannot be read", count,
                            (uint64_t)header->e_shoff);
    const unsigned char *const table = image->bytes + header->e_shoff;
    memcpy(&names, table + header->e_shstrndx * sizeof names, sizeof names);
    if (names.sh_type != SHT_STRTAB || names.sh_size == 0 ||
        !within(names.sh_offset, names.sh_size, image->size) ||
        image->bytes[names.sh_offset + names.sh_size - 1] != 0)
        return mshim_refuse(reason, "the string table of its section names is invalid");
    image->sections = calloc(count, sizeof *image->sections);
    if (!image->sections)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < count; i++) {
        Elf64_Shdr section;
        memcpy(&section, table + i * sizeof section, sizeof section);
        if (!parse_section(image, &section, &names, i, reason))
            return false;
        image->section_count = i + 1;
    }
    return true;
}

Elf64_Dyn mshim_elf_image_dynamic_at(const struct mshim_elf_image *image, size_t index) {
    Elf64_Dyn entry;
    memcpy(&entry, image->bytes + image->dynamic_offset + index * sizeof entry, sizeof entry);
    return entry;
}

bool mshim_elf_image_dynamic(const struct mshim_elf_image *image, int64_t tag, uint64_t *value) {
    for (size_t i = 0; i < image->dynamic_count; i++) {
        const Elf64_Dyn entry = mshim_elf_image_dynamic_at(image, i);
        if (entry.d_tag == tag) {
            *value = entry.d_un.d_val;
            return true;
        }
    }
    return false;
}

static bool parse_dynamic(struct mshim_elf_image *image, struct mshim_reason *reason) {
    for (size_t i = 0; i < image->segment_count; i++) {
        const Elf64_Phdr *segment = &image->segments[i];
        if (segment->p_type != PT_DYNAMIC)
            continue;
        if (!mshim_elf_image_offset(image, segment->p_vaddr, segment->p_filesz, &image->dynamic_offset) ||
            image->dynamic_offset != segment->p_offset || segment->p_filesz % sizeof(Elf64_Dyn) != 0)
            return mshim_refuse(reason, "its dynamic section is not in a segment that is loaded");
        image->dynamic_capacity = segment->p_filesz / sizeof(Elf64_Dyn);
        while (image->dynamic_count < image->dynamic_capacity &&
               mshim_elf_image_dynamic_at(image, image->dynamic_count).d_tag != DT_NULL)
            image->dynamic_count++;
        if (image->dynamic_count == image->dynamic_capacity)
            return mshim_refuse(reason, "its dynamic section has no end");
        return true;
    }
    return mshim_refuse(reason, "it has no dynamic section: a static program has nothing to relink");
}

static bool parse_tables(struct mshim_elf_image *image, struct mshim_reason *reason) {
    uint64_t address, size;
    if (!mshim_elf_image_dynamic(image, DT_STRTAB, &address) ||
        !mshim_elf_image_dynamic(image, DT_STRSZ, &size) || size == 0 ||
        !mshim_elf_image_offset(image, address, size, &image->strings_offset) ||
        image->bytes[image->strings_offset + size - 1] != 0)
        return mshim_refuse(reason, "its dynamic string table is invalid");
    image->strings_size = size;
    if (!mshim_elf_image_dynamic(image, DT_SYMTAB, &address))
        return mshim_refuse(reason, "it has no dynamic symbol table");
    for (size_t i = 0; i < image->section_count; i++) {
        const struct mshim_section *section = &image->sections[i];
        if (section->type == SHT_DYNSYM && (section->flags & SHF_ALLOC) && section->address == address) {
            image->symbols_offset = section->offset;
            image->symbol_count = section->size / sizeof(Elf64_Sym);
        }
    }
    return true;
}

const char *mshim_elf_image_string(const struct mshim_elf_image *image, uint64_t index) {
    return index < image->strings_size ? (const char *)image->bytes + image->strings_offset + index : NULL;
}

bool mshim_elf_image_symbol(const struct mshim_elf_image *image, size_t index, Elf64_Sym *symbol) {
    if (index >= image->symbol_count)
        return false;
    memcpy(symbol, image->bytes + image->symbols_offset + index * sizeof *symbol, sizeof *symbol);
    return true;
}

bool mshim_elf_image_parse(struct mshim_elf_image *image, struct mshim_reason *reason) {
    Elf64_Ehdr header;
    return parse_header(image, &header, reason) && parse_segments(image, &header, reason) &&
           parse_sections(image, &header, reason) && parse_dynamic(image, reason) &&
           parse_tables(image, reason);
}

void mshim_elf_image_drop(struct mshim_elf_image *image) {
    free(image->segments);
    free(image->sections);
    image->segments = NULL;
    image->sections = NULL;
}
