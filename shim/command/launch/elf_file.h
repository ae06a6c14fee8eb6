/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_ELF_FILE_H
#define MSHIM_COMMAND_LAUNCH_ELF_FILE_H

/* What an ELF file says of itself. The file may be anything: no offset or size in it is trusted. */

#include <stdbool.h>

enum mshim_elf_kind {
    MSHIM_ELF_NONE,   /* not an ELF file */
    MSHIM_ELF_BROKEN, /* begins like one, but the kernel would not run it */
    MSHIM_ELF_OTHER,  /* of another machine, word size or byte order */
    MSHIM_ELF_STATIC, /* asks for no interpreter: a static program, a library, or a loader */
    MSHIM_ELF_DYNAMIC,
};

enum { MSHIM_INTERPRETER_BYTES = 4096, MSHIM_NOTE_BYTES = 256 };

struct mshim_elf {
    enum mshim_elf_kind kind;
    bool is_library;                           /* may be loaded with others (ET_DYN) */
    char interpreter[MSHIM_INTERPRETER_BYTES]; /* of a dynamic program */
    char note[MSHIM_NOTE_BYTES]; /* text of the note that options/note.h describes; "" if there is none */
};

void mshim_elf_read(int fd, struct mshim_elf *elf);

#endif
