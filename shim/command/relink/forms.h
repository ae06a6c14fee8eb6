/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FORMS_H
#define MSHIM_COMMAND_RELINK_FORMS_H

/*
 * How code looks up a thread-local variable, and what takes its place. Before: the address of a pair of slots
 * into rdi, and a call of __tls_get_addr, directly through the PLT or by the slot of that function. After:
 * the thread's address from %fs:0, and the first slot of the pair, which then holds the variable's distance
 * from there. Both leave the variable's address in rax; what else the call might have changed, the code does
 * not rely on.
 */

#include <stdbool.h>
#include <stdint.h>

struct mshim_form {
    const char *name;
    unsigned char load[4]; /* lea pair(%rip),%rdi without the distance */
    unsigned char call[4]; /* the call without the distance */
    unsigned char now[12]; /* the new instructions without the last distance */
    uint8_t load_bytes, call_bytes, now_bytes;
};

enum { MSHIM_FORMS = 4, MSHIM_DISTANCE_BYTES = 4 };

/* now_bytes is 0 where there is no room for the new instructions. */
extern const struct mshim_form mshim_forms[MSHIM_FORMS];

/* The length of the whole look-up, before as after. */
unsigned mshim_form_bytes(const struct mshim_form *form);

#endif
