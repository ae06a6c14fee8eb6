/* SPDX-License-Identifier: MIT */
#include "command/relink/frontend/target.h"
#include "command/launch/target.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char musl_loader[] = "/lib/ld-musl-x86_64.so.1";
static const char glibc_loader[] = "/lib64/ld-linux-x86-64.so.2";

/* Defined by every libpython, and by programs that Python is linked into. */
static const char python_function[] = "Py_Main";

/* A name without a slash is a file in the current folder, or else a command. */
static bool is_file(const char *name) {
    return strchr(name, '/') || access(name, F_OK) == 0;
}

static bool is_script(const char *path) {
    char start[2];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    const bool script =
        fd >= 0 && pread(fd, start, sizeof start, 0) == 2 && start[0] == '#' && start[1] == '!';
    if (fd >= 0)
        close(fd);
    return script;
}

/* The program that runs a command or script. */
static bool find_program(char path[PATH_MAX], const char *name, struct mshim_reason *reason) {
    static struct mshim_target target;
    char *words[] = {(char *)name, NULL};
    mshim_target_resolve(&target, words, getenv("PATH"));
    snprintf(path, PATH_MAX, "%s", target.program);
    if (target.verdict == MSHIM_TARGET_LOADABLE || target.verdict == MSHIM_TARGET_SECURE ||
        target.verdict == MSHIM_TARGET_DROPS)
        return true;
    if (target.verdict == MSHIM_TARGET_STATIC)
        return mshim_refuse(reason, "%s is a static program, which has nothing to relink", path);
    char text[sizeof reason->text];
    if (strcmp(target.file, target.program) == 0 &&
        (target.verdict == MSHIM_TARGET_NOT_FOUND || target.verdict == MSHIM_TARGET_NOT_EXECUTABLE))
        return mshim_refuse(reason, "%s", target.reason);
    mshim_target_explain(&target, text, sizeof text);
    return mshim_refuse(reason, "%s", text);
}

/* A library does not name its loader, but the libc that it needs. */
static struct mshim_loader loader_of(const struct mshim_object *object) {
    const char *const interpreter = object->image.interpreter;
    struct mshim_loader loader = {.path = ""};
    if (interpreter)
        loader.is_musl = mshim_flavour_of_loader(interpreter) == MSHIM_MUSL;
    else
        loader.is_musl = mshim_object_needs(object, "libc.musl-") ||
                         (mshim_object_needs(object, "libc.so") && !mshim_object_needs(object, "libc.so.")) ||
                         (!mshim_object_needs(object, "libc.") && access(glibc_loader, F_OK) != 0);
    if (interpreter || loader.is_musl)
        snprintf(loader.path, sizeof loader.path, "%s", interpreter ? interpreter : musl_loader);
    return loader;
}

/* The first with Python in it, in load order; NULL if none has. */
static struct mshim_object *find_python(const struct mshim_objects *objects) {
    for (size_t i = 0; i < objects->count; i++)
        if (mshim_object_defines(objects->object[i], python_function))
            return objects->object[i];
    return NULL;
}

bool mshim_relink_target_is_whole(const struct mshim_relink_target *target, struct mshim_reason *reason) {
    return !target->of_program || !*target->objects.missing ||
           mshim_refuse(reason, "what else its program loads is not all found or cannot be read: %s",
                        target->objects.missing);
}

bool mshim_relink_target_find(struct mshim_relink_target *target, const char *name,
                              struct mshim_reason *reason) {
    char program[PATH_MAX];
    *target = (struct mshim_relink_target){.object = NULL};
    const bool leads_on = !is_file(name) || is_script(name);
    if (leads_on && !find_program(program, name, reason))
        return false;
    if (!mshim_objects_begin(&target->objects, leads_on ? program : name, reason))
        return false;
    struct mshim_object *const first = target->objects.object[0];
    const struct mshim_loader loader = loader_of(first);
    mshim_objects_complete(&target->objects, &loader);
    target->on_musl = loader.is_musl;
    target->of_program = first->image.interpreter != NULL;
    target->object = target->of_program ? find_python(&target->objects) : first;
    if (!target->object && leads_on)
        return mshim_relink_target_is_whole(target, reason) &&
               mshim_refuse(reason, "it leads to %s, which has no Python in it", program);
    if (!target->object)
        target->object = first; /* the program itself is meant */
    return true;
}

void mshim_relink_target_drop(struct mshim_relink_target *target) {
    mshim_objects_drop(&target->objects);
}
