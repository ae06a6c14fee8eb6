/* SPDX-License-Identifier: MIT */
#include "command/setup/manifest.h"

#include "command/setup/copy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char manifest_name[] = "lib/mshim/installed";
static const char python_key[] = "relinked ";

static const char *const names[MSHIM_INSTALLED_FILES] = {
    [MSHIM_INSTALLED_COMMAND] = "bin/mshim",
    [MSHIM_INSTALLED_LIBRARY] = "lib/libmshim.so",
    [MSHIM_INSTALLED_MUSL] = "lib/mshim/musl/libmshim.so",
    [MSHIM_INSTALLED_GLIBC] = "lib/mshim/glibc/libmshim.so",
};

const char *mshim_installed_name(enum mshim_installed_file file) {
    return names[file];
}

bool mshim_manifest_add_python(struct mshim_manifest *manifest, const char *path) {
    for (size_t i = 0; i < manifest->python_count; i++)
        if (strcmp(manifest->python[i], path) == 0)
            return true;
    if (manifest->python_count == MSHIM_MANIFEST_PYTHONS || path[0] != '/' || strchr(path, '\n') ||
        strlen(path) >= PATH_MAX)
        return false;
    strcpy(manifest->python[manifest->python_count++], path);
    return true;
}

static void read_line(struct mshim_manifest *manifest, const char *line) {
    if (strncmp(line, python_key, sizeof python_key - 1) == 0)
        (void)mshim_manifest_add_python(manifest, line + sizeof python_key - 1);
    for (size_t i = 0; i < MSHIM_INSTALLED_FILES; i++)
        manifest->file[i] |= strcmp(line, names[i]) == 0;
}

bool mshim_manifest_read(struct mshim_manifest *manifest, const char *prefix) {
    char path[PATH_MAX + 32], line[PATH_MAX + 32];
    memset(manifest, 0, sizeof *manifest);
    snprintf(path, sizeof path, "%s/%s", prefix, manifest_name);
    FILE *const file = fopen(path, "re");
    if (!file)
        return false;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        read_line(manifest, line);
    }
    fclose(file);
    return true;
}

bool mshim_manifest_write(const struct mshim_manifest *manifest, const char *prefix) {
    char path[PATH_MAX + 32], *text = NULL;
    size_t size;
    FILE *const out = open_memstream(&text, &size);
    if (!out)
        return false;
    for (size_t i = 0; i < MSHIM_INSTALLED_FILES; i++)
        if (manifest->file[i])
            fprintf(out, "%s\n", names[i]);
    for (size_t i = 0; i < manifest->python_count; i++)
        fprintf(out, "%s%s\n", python_key, manifest->python[i]);
    const bool complete = fclose(out) == 0;
    snprintf(path, sizeof path, "%s/%s", prefix, manifest_name);
    const bool written = complete && mshim_write_file(path, text, 0644);
    free(text);
    return written;
}

void mshim_manifest_remove(const char *prefix) {
    static const char *const folders[] = {"lib/mshim/musl", "lib/mshim/glibc", "lib/mshim"};
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", prefix, manifest_name);
    (void)unlink(path);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", prefix, folders[i]);
        (void)rmdir(path);
    }
}
