/* SPDX-License-Identifier: MIT */
#include "command/relink/objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void drop(struct mshim_object *object) {
    mshim_elf_image_drop(&object->image);
    mshim_file_close(&object->file);
    free(object);
}

void mshim_objects_drop(struct mshim_objects *objects) {
    for (size_t i = 0; i < objects->count; i++)
        drop(objects->object[i]);
    objects->count = 0;
}

static const char *dynamic_string(const struct mshim_elf_image *image, int64_t tag) {
    uint64_t value;
    return mshim_elf_image_dynamic(image, tag, &value) ? mshim_elf_image_string(image, value) : NULL;
}

static struct mshim_object *load(const char *path, const struct mshim_needing *by,
                                 struct mshim_reason *reason) {
    struct mshim_object *object = calloc(1, sizeof *object);
    if (!object) {
        mshim_reason_write(reason, "not enough memory");
        return NULL;
    }
    snprintf(object->path, sizeof object->path, "%s", path);
    bool read = mshim_file_read(&object->file, path, reason);
    object->image.bytes = object->file.bytes;
    object->image.size = object->file.size;
    if (!read || !mshim_elf_image_parse(&object->image, reason)) {
        drop(object);
        return NULL;
    }
    /* A program's $ORIGIN is that of the file itself. */
    object->needing = (struct mshim_needing){.path = by ? object->path : object->file.path,
                                             .rpath = dynamic_string(&object->image, DT_RPATH),
                                             .runpath = dynamic_string(&object->image, DT_RUNPATH),
                                             .by = by};
    return object;
}

static bool is_loaded(const struct mshim_objects *objects, const struct mshim_object *object) {
    for (size_t i = 0; i < objects->count; i++)
        if (objects->object[i]->file.status.st_dev == object->file.status.st_dev &&
            objects->object[i]->file.status.st_ino == object->file.status.st_ino)
            return true;
    return false;
}

static bool is_path_loaded(const struct mshim_objects *objects, const char *path) {
    for (size_t i = 0; i < objects->count; i++)
        if (strcmp(objects->object[i]->path, path) == 0)
            return true;
    return false;
}

/* Loaders do not search for a name by which an object is known already. glibc also knows its DT_SONAME. */
static bool is_name_loaded(const struct mshim_objects *objects, const char *name, bool is_musl) {
    for (size_t i = 1; i < objects->count; i++) {
        const struct mshim_object *const object = objects->object[i];
        const char *const own = is_musl ? NULL : dynamic_string(&object->image, DT_SONAME);
        if (strcmp(object->name, name) == 0 || (own && strcmp(own, name) == 0))
            return true;
    }
    return false;
}

static void miss(struct mshim_objects *objects, const char *name) {
    const size_t used = strlen(objects->missing);
    if (!strstr(objects->missing, name))
        snprintf(objects->missing + used, sizeof objects->missing - used, "%s%s", used ? ", " : "", name);
}

/* A library whose symbols cannot be read counts as missing. */
static void add(struct mshim_objects *objects, const struct mshim_loader *loader,
                const struct mshim_object *needing, const char *name) {
    char path[PATH_MAX];
    struct mshim_reason reason;
    struct mshim_object *object = NULL;
    if (is_name_loaded(objects, name, loader->is_musl))
        return;
    if (mshim_loader_find(path, loader, &needing->needing, name)) {
        if (is_path_loaded(objects, path))
            return;
        object = load(path, &needing->needing, &reason);
    }
    if (!object || object->image.symbol_count == 0 || objects->count == MSHIM_MAX_OBJECTS)
        miss(objects, name);
    if (object && (objects->count == MSHIM_MAX_OBJECTS || is_loaded(objects, object))) {
        drop(object);
    } else if (object) {
        object->name = name;
        objects->object[objects->count++] = object;
    }
}

bool mshim_objects_begin(struct mshim_objects *objects, const char *path, struct mshim_reason *reason) {
    *objects = (struct mshim_objects){.count = 0};
    objects->object[0] = load(path, NULL, reason);
    objects->count = objects->object[0] ? 1 : 0;
    return objects->count > 0;
}

/* The library that entry `index` of the dynamic section needs; NULL if it is another entry. */
static const char *needed_at(const struct mshim_object *object, size_t index) {
    const Elf64_Dyn entry = mshim_elf_image_dynamic_at(&object->image, index);
    const char *const name =
        entry.d_tag == DT_NEEDED ? mshim_elf_image_string(&object->image, entry.d_un.d_val) : NULL;
    return name && *name ? name : NULL;
}

void mshim_objects_complete(struct mshim_objects *objects, const struct mshim_loader *loader) {
    for (size_t i = 0; i < objects->count; i++) {
        const struct mshim_object *object = objects->object[i];
        for (size_t j = 0; j < object->image.dynamic_count; j++) {
            const char *const name = needed_at(object, j);
            if (name)
                add(objects, loader, object, name);
        }
    }
}

bool mshim_object_needs(const struct mshim_object *object, const char *name) {
    for (size_t i = 0; i < object->image.dynamic_count; i++) {
        const char *const needed = needed_at(object, i);
        if (needed && strncmp(needed, name, strlen(name)) == 0)
            return true;
    }
    return false;
}

bool mshim_object_defines(const struct mshim_object *object, const char *name) {
    for (size_t i = 0; i < object->image.symbol_count; i++) {
        Elf64_Sym symbol;
        mshim_elf_image_symbol(&object->image, i, &symbol);
        const char *const own = mshim_elf_image_string(&object->image, symbol.st_name);
        if (own && symbol.st_shndx != SHN_UNDEF && strcmp(own, name) == 0)
            return true;
    }
    return false;
}
