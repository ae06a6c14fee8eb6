/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_SETUP_IMAGE_H
#define MSHIM_COMMAND_SETUP_IMAGE_H

/* What the machine, or the container, is like. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "Alpine Linux v3.22, x86_64" */
void mshim_image_name(char *text, size_t size);

/* "none", or what restricts this process: "a seccomp filter, no new privileges". */
void mshim_image_sandbox(char *text, size_t size);

struct mshim_image_folder {
    bool is_there, is_writable;
    uint64_t size_bytes, free_bytes; /* of its file system */
};

struct mshim_image_folder mshim_image_folder(const char *path);

/* Stack of a new thread where neither the program nor the shim says otherwise, "128K". */
void mshim_image_thread_stack(bool musl, char *text, size_t size);

#endif
