/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FUNCTIONS_H
#define MSHIM_COMMAND_RELINK_FUNCTIONS_H

/* What a call through the PLT reaches, symbol by symbol, and whether it may go there directly. */

#include "command/relink/slots.h"

enum mshim_standing {
    MSHIM_OWN,       /* the file's own function, which nobody else defines */
    MSHIM_FOREIGN,   /* another library's */
    MSHIM_ALLOCATOR, /* of the malloc family, C++'s operators too: preloaded libraries replace them */
    MSHIM_WEAK,      /* meant to be replaced */
    MSHIM_CHOSEN,    /* IFUNC: the function is chosen when the file is loaded */
    MSHIM_SHARED,    /* the program, or another of its libraries, has one of that name */
    MSHIM_VERSIONS,  /* there are several of that name in the file */
    MSHIM_UNKNOWN,   /* no function, or none in the file's code */
    MSHIM_STANDINGS,
};

struct mshim_function {
    const char *name;
    uint64_t address;
    enum mshim_standing standing;
    size_t calls; /* through the PLT */
};

struct mshim_functions {
    struct mshim_function *function; /* by the index of the symbol */
    uint32_t *by_name;               /* indices of those that the file defines, sorted by name */
    size_t count, defined;
};

/* mshim_functions_drop is to be called either way. */
bool mshim_functions_read(struct mshim_functions *functions, const struct mshim_image *image,
                          struct mshim_reason *reason);
void mshim_functions_drop(struct mshim_functions *functions);

/* Marks those of which there are several of one name. */
void mshim_functions_compare_own(struct mshim_functions *functions);

/* Marks those that `other`, the program or another of its libraries, defines too. */
void mshim_functions_compare(struct mshim_functions *functions, const struct mshim_image *other);

#endif
