/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_OPTIONS_NOTE_H
#define MSHIM_SHARED_OPTIONS_NOTE_H

/*
 * The ELF note that identifies a file as libmshim.so, and its flavour: owner "mshim", type 1, and a description of lines
 * key=value, padded with NULs:
 *
 *     libc=musl
 *     version=0.1.0
 *
 * More keys may follow. To be defined once, at file scope:
 *
 *     MSHIM_NOTE_DEFINE("musl", MSHIM_VERSION);
 */

#include <stdint.h>

#define MSHIM_NOTE_OWNER "mshim"

enum { MSHIM_NOTE_FLAVOUR = 1 };

#define MSHIM_NOTE_TEXT(libc, version) "libc=" libc "\nversion=" version "\n"

#define MSHIM_NOTE_DEFINE(libc, version)                                                                     \
    static const struct {                                                                                    \
        uint32_t owner_bytes, text_bytes, type;                                                              \
        char owner[(sizeof MSHIM_NOTE_OWNER + 3) / 4 * 4];                                                   \
        char text[(sizeof MSHIM_NOTE_TEXT(libc, version) + 3) / 4 * 4];                                      \
    } mshim_note __attribute__((section(".note.mshim"), aligned(4), used)) = {                               \
        sizeof MSHIM_NOTE_OWNER, (sizeof MSHIM_NOTE_TEXT(libc, version) + 3) / 4 * 4, MSHIM_NOTE_FLAVOUR,    \
        MSHIM_NOTE_OWNER, MSHIM_NOTE_TEXT(libc, version)}

#endif
