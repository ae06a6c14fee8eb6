/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

struct subject subject_read(const char *name) {
    char path[1024];
    struct subject subject = {NULL, 0};
    snprintf(path, sizeof path, "%s/%s.so", SUBJECTS, name);
    FILE *file = fopen(path, "rb");
    cr_assert(file && fseek(file, 0, SEEK_END) == 0, "%s", path);
    subject.size = (size_t)ftell(file);
    subject.bytes = malloc(subject.size);
    rewind(file);
    cr_assert_eq(fread(subject.bytes, 1, subject.size, file), subject.size);
    fclose(file);
    return subject;
}

bool subject_relink(struct mshim_relinked *relinked, const unsigned char *bytes, size_t size,
                    struct mshim_reason *reason) {
    const struct mshim_others others = {NULL, 0};
    unsigned char *copy =
        malloc(size + 1); /* of its own size, so that a sanitizer sees what is read behind it */
    cr_assert(copy);
    memcpy(copy, bytes, size);
    copy = realloc(copy, size > 0 ? size : 1);
    const bool done = mshim_relink(relinked, copy, size, &others, false, reason);
    free(copy);
    return done;
}
