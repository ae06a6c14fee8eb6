/* SPDX-License-Identifier: MIT */
#include "command/relink/tls_sequences.h"
#include "command/relink/bytes.h"

#define THREAD_TO_RAX 0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0 /* mov %fs:0,%rax */
#define ZERO_TO_RAX   0x31, 0xc0                               /* xor %eax,%eax */
#define THREAD_BY_RAX 0x64, 0x48, 0x8b, 0x00                   /* mov %fs:(%rax),%rax */
#define ADD_SLOT      0x48, 0x03, 0x05                         /* add slot(%rip),%rax */

const struct mshim_tls_sequence mshim_tls_sequences[MSHIM_TLS_SEQUENCES] = {
    {"general dynamic",
     {0x66, 0x48, 0x8d, 0x3d},
     {0x66, 0x66, 0x48, 0xe8},
     {THREAD_TO_RAX, ADD_SLOT},
     4,
     4,
     12},
    {"general dynamic, through the GOT",
     {0x66, 0x48, 0x8d, 0x3d},
     {0x66, 0x48, 0xff, 0x15},
     {THREAD_TO_RAX, ADD_SLOT},
     4,
     4,
     12},
    {"local dynamic, through the GOT",
     {0x48, 0x8d, 0x3d},
     {0xff, 0x15},
     {ZERO_TO_RAX, THREAD_BY_RAX, ADD_SLOT},
     3,
     2,
     9},
    {"local dynamic", {0x48, 0x8d, 0x3d}, {0xe8}, {0}, 3, 1, 0},
};

unsigned mshim_tls_sequence_bytes(const struct mshim_tls_sequence *sequence) {
    return sequence->load_bytes + sequence->call_bytes + 2 * MSHIM_DISPLACEMENT_BYTES;
}
