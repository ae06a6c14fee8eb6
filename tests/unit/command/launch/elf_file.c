/* SPDX-License-Identifier: MIT */
/* Reading ELF files, hostile ones above all. */
#include "command/launch/elf_file.h"
#include "shared/options/note.h"

#include <criterion/criterion.h>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SEGMENTS = 4, INTERPRETER_AT = 1024, NOTE_AT = 2048, FILE_BYTES = 8192 };

static const char loader[] = "/lib/ld-musl-x86_64.so.1";

union image {
    unsigned char bytes[FILE_BYTES];
    struct {
        ElfW(Ehdr) header;
        ElfW(Phdr) segments[SEGMENTS];
    } elf;
};

static struct mshim_elf elf;

/* A dynamic program with a note. */
static void make(union image *image) {
    memset(image, 0, sizeof *image);
    ElfW(Ehdr) *header = &image->elf.header;
    const int fd = open("/proc/self/exe", O_RDONLY);
    cr_assert_eq(pread(fd, header, sizeof *header, 0), sizeof *header);
    close(fd);
    header->e_type = ET_DYN;
    header->e_phoff = sizeof *header;
    header->e_phnum = SEGMENTS;
    image->elf.segments[0] = (ElfW(Phdr)){.p_type = PT_LOAD, .p_filesz = FILE_BYTES, .p_align = 4096};
    image->elf.segments[1] = (ElfW(Phdr)){
        .p_type = PT_INTERP, .p_offset = INTERPRETER_AT, .p_filesz = sizeof loader, .p_align = 1};
    image->elf.segments[2] =
        (ElfW(Phdr)){.p_type = PT_NOTE, .p_offset = NOTE_AT, .p_filesz = 0, .p_align = 4};
    memcpy(image->bytes + INTERPRETER_AT, loader, sizeof loader);
}

static void put_note(union image *image, const char *owner, uint32_t type, const char *text,
                     uint32_t text_bytes) {
    unsigned char *const at = image->bytes + NOTE_AT + image->elf.segments[2].p_filesz;
    const ElfW(Nhdr) note = {.n_namesz = (uint32_t)strlen(owner) + 1, .n_descsz = text_bytes, .n_type = type};
    const size_t owner_bytes = (note.n_namesz + 3) / 4 * 4;
    memcpy(at, &note, sizeof note);
    memcpy(at + sizeof note, owner, note.n_namesz);
    memcpy(at + sizeof note + owner_bytes, text, text_bytes);
    image->elf.segments[2].p_filesz += sizeof note + owner_bytes + (text_bytes + 3) / 4 * 4;
}

static enum mshim_elf_kind read_bytes(const void *bytes, size_t size) {
    const int fd = (int)memfd_create("elf", 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
    mshim_elf_read(fd, &elf);
    close(fd);
    cr_assert_not_null(memchr(elf.interpreter, 0, sizeof elf.interpreter));
    cr_assert_not_null(memchr(elf.note, 0, sizeof elf.note));
    cr_assert((elf.kind == MSHIM_ELF_DYNAMIC) == (elf.interpreter[0] != 0));
    return elf.kind;
}

static enum mshim_elf_kind read_image(const union image *image) {
    return read_bytes(image, sizeof *image);
}

Test(launch_elf_file, a_program_and_its_interpreter) {
    union image image;
    make(&image);
    cr_assert_eq(read_image(&image), MSHIM_ELF_DYNAMIC);
    cr_assert_str_eq(elf.interpreter, loader);
    cr_assert(elf.is_library);
    cr_assert_str_empty(elf.note);
    image.elf.header.e_type = ET_EXEC;
    cr_assert_eq(read_image(&image), MSHIM_ELF_DYNAMIC);
    cr_assert(!elf.is_library);
    image.elf.segments[1].p_type = PT_NULL;
    cr_assert_eq(read_image(&image), MSHIM_ELF_STATIC);
}

Test(launch_elf_file, this_program) {
    const int fd = open("/proc/self/exe", O_RDONLY);
    mshim_elf_read(fd, &elf);
    close(fd);
    cr_assert_eq(elf.kind, MSHIM_ELF_DYNAMIC);
}

Test(launch_elf_file, other_machines) {
    union image image;
    make(&image);
    image.elf.header.e_machine = EM_S390;
    cr_assert_eq(read_image(&image), MSHIM_ELF_OTHER);
    make(&image);
    image.elf.header.e_ident[EI_CLASS] = ELFCLASS32;
    cr_assert_eq(read_image(&image), MSHIM_ELF_OTHER);
    make(&image);
    image.elf.header.e_ident[EI_DATA] = ELFDATA2MSB;
    cr_assert_eq(read_image(&image), MSHIM_ELF_OTHER);
}

Test(launch_elf_file, not_elf) {
    cr_assert_eq(read_bytes("", 0), MSHIM_ELF_NONE);
    cr_assert_eq(read_bytes("\177EL", 3), MSHIM_ELF_NONE);
    cr_assert_eq(read_bytes("#!/bin/sh\n", 10), MSHIM_ELF_NONE);
    cr_assert_eq(read_bytes("\177ELF", 4), MSHIM_ELF_BROKEN);
}

Test(launch_elf_file, every_length_of_a_file_that_is_cut_off) {
    union image image;
    make(&image);
    put_note(&image, "mshim", 1, "libc=musl\n", 10);
    const size_t headers = sizeof image.elf, end = INTERPRETER_AT + sizeof loader;
    for (size_t size = 4; size < sizeof image; size++) {
        const enum mshim_elf_kind kind = read_bytes(&image, size);
        cr_assert_eq(kind, size >= headers && size >= end ? MSHIM_ELF_DYNAMIC : MSHIM_ELF_BROKEN, "%zu bytes",
                     size);
        const bool whole = size >= NOTE_AT + image.elf.segments[2].p_filesz;
        cr_assert((elf.note[0] != 0) == whole, "%zu bytes", size);
    }
}

Test(launch_elf_file, headers_that_lie) {
    const uint64_t offsets[] = {FILE_BYTES - 1,          FILE_BYTES,       INT64_MAX,      INT64_MAX - 100,
                                (uint64_t)INT64_MAX + 1, UINT64_MAX - 100, UINT64_MAX - 8, UINT64_MAX};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        union image image;
        make(&image);
        image.elf.header.e_phoff = offsets[i];
        cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
        make(&image);
        image.elf.segments[1].p_offset = offsets[i];
        cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
        make(&image);
        image.elf.segments[1].p_filesz = offsets[i];
        cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
        make(&image);
        image.elf.segments[2].p_offset = offsets[i];
        image.elf.segments[2].p_filesz = 64;
        cr_assert_eq(read_image(&image), MSHIM_ELF_DYNAMIC);
        make(&image);
        image.elf.segments[2].p_filesz = offsets[i];
        cr_assert_eq(read_image(&image), MSHIM_ELF_DYNAMIC);
        cr_assert_str_empty(elf.note);
    }
}

Test(launch_elf_file, counts_and_sizes_of_headers_that_the_kernel_refuses) {
    union image image;
    make(&image);
    image.elf.header.e_phnum = 0;
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    image.elf.header.e_phnum = 0xffff;
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    image.elf.header.e_phnum = 65536 / sizeof(ElfW(Phdr)) + 1;
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    make(&image);
    image.elf.header.e_phentsize = 8;
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    make(&image);
    image.elf.header.e_type = ET_REL;
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    make(&image);
    image.elf.header.e_phoff = 0; /* headers over the header */
    cr_assert_eq(read_image(&image), MSHIM_ELF_STATIC);
}

Test(launch_elf_file, interpreters_that_the_kernel_refuses) {
    union image image;
    make(&image);
    image.elf.segments[1].p_filesz = sizeof loader - 1; /* without its NUL */
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    image.elf.segments[1].p_filesz = 1;
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    image.elf.segments[1].p_filesz = 4097;
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    image.elf.segments[1].p_filesz = 4096; /* padded with NULs */
    cr_assert_eq(read_image(&image), MSHIM_ELF_DYNAMIC);
    make(&image);
    image.bytes[INTERPRETER_AT] = 0;
    cr_assert_eq(read_image(&image), MSHIM_ELF_BROKEN);
    make(&image);
    image.elf.segments[3] = image.elf.segments[1]; /* two: the first counts */
    image.elf.segments[3].p_offset++;
    image.elf.segments[3].p_filesz--;
    cr_assert_eq(read_image(&image), MSHIM_ELF_DYNAMIC);
    cr_assert_str_eq(elf.interpreter, loader);
}

Test(launch_elf_file, the_note_among_others) {
    union image image;
    make(&image);
    put_note(&image, "GNU", 1, "\1\2\3\4", 4);
    put_note(&image, "mshim", 2, "libc=no\n", 8);
    put_note(&image, "mshimmer", 1, "libc=no\n", 8);
    put_note(&image, "mshim", MSHIM_NOTE_FLAVOUR, "libc=glibc\nversion=1.2.3\n", 25);
    put_note(&image, "mshim", MSHIM_NOTE_FLAVOUR, "libc=no\n", 8);
    read_image(&image);
    cr_assert_str_eq(elf.note, "libc=glibc\nversion=1.2.3\n");
}

Test(launch_elf_file, a_note_that_is_too_long_is_cut) {
    union image image;
    char text[1000];
    memset(text, 'x', sizeof text);
    make(&image);
    put_note(&image, "mshim", MSHIM_NOTE_FLAVOUR, text, sizeof text);
    read_image(&image);
    cr_assert_eq(strlen(elf.note), sizeof elf.note - 1);
}

Test(launch_elf_file, notes_that_lie) {
    const uint32_t sizes[] = {5, 63, 64, 65, 4096, INT32_MAX, UINT32_MAX - 11, UINT32_MAX - 3, UINT32_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned field = 0; field < 2; field++) {
            union image image;
            make(&image);
            put_note(&image, "mshim", MSHIM_NOTE_FLAVOUR, "libc=musl\n", 10);
            memcpy(image.bytes + NOTE_AT + 4 * field, &sizes[i], sizeof sizes[i]);
            cr_assert_eq(read_image(&image), MSHIM_ELF_DYNAMIC);
        }
}

/* Any bytes at all must be survived, which the sanitizers watch. */
Test(launch_elf_file, thousands_of_random_changes) {
    unsigned random = 1;
    for (unsigned turn = 0; turn < 5000; turn++) {
        union image image;
        make(&image);
        put_note(&image, "GNU", 3, "\1\2\3\4", 4);
        put_note(&image, "mshim", MSHIM_NOTE_FLAVOUR, "libc=musl\n", 10);
        const unsigned changes = 1 + (unsigned)rand_r(&random) % 8;
        for (unsigned i = 0; i < changes; i++) {
            const unsigned where = (unsigned)rand_r(&random) % 3;
            const size_t at = where == 0
                                  ? (size_t)rand_r(&random) % sizeof image.elf
                                  : (where == 1 ? INTERPRETER_AT : NOTE_AT) + (size_t)rand_r(&random) % 64;
            static const unsigned char odd[] = {0, 1, 0x7f, 0x80, 0xff};
            image.bytes[at] = rand_r(&random) % 2 ? odd[(unsigned)rand_r(&random) % sizeof odd]
                                                  : (unsigned char)rand_r(&random);
        }
        read_bytes(&image, rand_r(&random) % 4 ? sizeof image : (size_t)rand_r(&random) % sizeof image);
    }
}
