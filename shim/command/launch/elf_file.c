/* SPDX-License-Identifier: MIT */
#include "command/launch/elf_file.h"
#include "shared/options/note.h"

#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__) && defined(__LP64__)
enum { MACHINE = EM_X86_64, CLASS = ELFCLASS64 };
#elif defined(__aarch64__) && defined(__LP64__)
enum { MACHINE = EM_AARCH64, CLASS = ELFCLASS64 };
#else
#error "which ELF files does this machine run?"
#endif

enum {
    BYTE_ORDER_HERE = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
    HEADERS_BYTES = 65536, /* more program headers than fit here the kernel does not take either */
    NOTES_BYTES = 65536,   /* of one segment */
};

/* All of it, or false: also where the file ends before. */
static bool read_at(int fd, void *to, size_t size, uint64_t offset) {
    if (offset > (uint64_t)INT64_MAX - size)
        return false;
    for (size_t done = 0; done < size;) {
        const ssize_t part = pread(fd, (char *)to + done, size - done, (off_t)(offset + done));
        if (part <= 0)
            return false;
        done += (size_t)part;
    }
    return true;
}

static enum mshim_elf_kind kind_of(const ElfW(Ehdr) * header) {
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return MSHIM_ELF_NONE;
    if (header->e_ident[EI_CLASS] != CLASS || header->e_ident[EI_DATA] != BYTE_ORDER_HERE ||
        header->e_machine != MACHINE)
        return MSHIM_ELF_OTHER;
    const size_t headers_bytes = (size_t)header->e_phnum * sizeof(ElfW(Phdr));
    if ((header->e_type != ET_EXEC && header->e_type != ET_DYN) ||
        header->e_phentsize != sizeof(ElfW(Phdr)) || headers_bytes == 0 || headers_bytes > HEADERS_BYTES)
        return MSHIM_ELF_BROKEN;
    return MSHIM_ELF_STATIC;
}

static enum mshim_elf_kind read_interpreter(int fd, const ElfW(Phdr) * segment, char *interpreter) {
    if (segment->p_filesz < 2 || segment->p_filesz > MSHIM_INTERPRETER_BYTES ||
        !read_at(fd, interpreter, segment->p_filesz, segment->p_offset) ||
        interpreter[segment->p_filesz - 1] != 0 || interpreter[0] == 0) {
        interpreter[0] = 0;
        return MSHIM_ELF_BROKEN;
    }
    return MSHIM_ELF_DYNAMIC;
}

static uint64_t padded(uint64_t size, uint64_t alignment) {
    return (size + alignment - 1) / alignment * alignment;
}

/* Looks for the note in a segment of notes. */
static void find_note(const unsigned char *notes, uint64_t size, uint64_t alignment, char *text) {
    ElfW(Nhdr) note;
    for (uint64_t at = 0; at < size && size - at >= sizeof note;) {
        memcpy(&note, notes + at, sizeof note);
        const uint64_t owner = at + sizeof note;
        const uint64_t description = at + padded(sizeof note + (uint64_t)note.n_namesz, alignment);
        if (description > size || note.n_descsz > size - description)
            return;
        if (note.n_type == MSHIM_NOTE_FLAVOUR && note.n_namesz == sizeof MSHIM_NOTE_OWNER &&
            memcmp(notes + owner, MSHIM_NOTE_OWNER, sizeof MSHIM_NOTE_OWNER) == 0) {
            const size_t most = MSHIM_NOTE_BYTES - 1;
            const size_t length = note.n_descsz < most ? note.n_descsz : most;
            memcpy(text, notes + description, length);
            text[length] = 0;
            return;
        }
        at = padded(description + note.n_descsz, alignment);
    }
}

static void read_notes(int fd, const ElfW(Phdr) * segment, char *text) {
    unsigned char notes[NOTES_BYTES];
    if (segment->p_filesz <= sizeof notes && read_at(fd, notes, segment->p_filesz, segment->p_offset))
        find_note(notes, segment->p_filesz, segment->p_align == 8 ? 8 : 4, text);
}

void mshim_elf_read(int fd, struct mshim_elf *elf) {
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[HEADERS_BYTES / sizeof(ElfW(Phdr))];
    memset(elf, 0, sizeof *elf);
    if (!read_at(fd, &header, sizeof header, 0)) {
        unsigned char magic[SELFMAG];
        elf->kind = read_at(fd, magic, sizeof magic, 0) && memcmp(magic, ELFMAG, SELFMAG) == 0
                        ? MSHIM_ELF_BROKEN
                        : MSHIM_ELF_NONE;
        return;
    }
    elf->kind = kind_of(&header);
    if (elf->kind != MSHIM_ELF_STATIC)
        return;
    elf->is_library = header.e_type == ET_DYN;
    if (!read_at(fd, segments, header.e_phnum * sizeof *segments, header.e_phoff)) {
        elf->kind = MSHIM_ELF_BROKEN;
        return;
    }
    for (size_t i = 0; i < header.e_phnum; i++) {
        if (segments[i].p_type == PT_INTERP && elf->kind == MSHIM_ELF_STATIC) /* the kernel takes the first */
            elf->kind = read_interpreter(fd, &segments[i], elf->interpreter);
        else if (segments[i].p_type == PT_NOTE && elf->note[0] == 0)
            read_notes(fd, &segments[i], elf->note);
    }
}
