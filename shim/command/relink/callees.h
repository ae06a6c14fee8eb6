/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_CALLEES_H
#define MSHIM_COMMAND_RELINK_CALLEES_H

/* What calls through the PLT reach, symbol by symbol, and whether they may go there directly. */

#include "command/relink/relocations.h"

enum mshim_binding {
    MSHIM_BINDING_OWN,       /* the file's own function, which nothing else defines: may be called directly */
    MSHIM_BINDING_EXTERNAL,  /* another library's */
    MSHIM_BINDING_ALLOCATOR, /* of the malloc family or C++'s operators, which preloaded libraries replace */
    MSHIM_BINDING_WEAK,      /* a weak symbol, which may be replaced */
    MSHIM_BINDING_IFUNC,     /* chosen by a resolver when the file is loaded */
    MSHIM_BINDING_DUPLICATE, /* the program or another of its libraries defines the name, too */
    MSHIM_BINDING_VERSIONED, /* the file defines the name in several versions */
    MSHIM_BINDING_UNKNOWN,   /* not a function, or not one in the file's code */
    MSHIM_BINDINGS,
};

struct mshim_callee {
    const char *name;
    uint64_t address;
    enum mshim_binding binding;
    size_t calls; /* through the PLT */
};

struct mshim_callees {
    struct mshim_callee *callee; /* by symbol index */
    uint32_t *by_name;           /* indices of those that the file defines, sorted by name */
    size_t count, defined;
};

/* Call mshim_callees_drop even after a failure. */
bool mshim_callees_read(struct mshim_callees *callees, const struct mshim_elf_image *image,
                        struct mshim_reason *reason);
void mshim_callees_drop(struct mshim_callees *callees);

/* Marks those whose name the file defines more than once. */
void mshim_callees_compare_own(struct mshim_callees *callees);

/* Marks those that `other`, the program or another of its libraries, defines, too. */
void mshim_callees_compare(struct mshim_callees *callees, const struct mshim_elf_image *other);

#endif
