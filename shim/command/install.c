/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/launch/elf_file.h"
#include "command/launch/preload.h"
#include "command/launch/target.h"
#include "command/setup/again.h"
#include "command/setup/copy.h"
#include "command/setup/manifest.h"
#include "shared/options/note.h"

#include <errno.h>
#include <fcntl.h>
#include <mshim.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* By it `mshim install` knows a command that is its own. */
MSHIM_NOTE_DEFINE("command", MSHIM_VERSION);

enum { RELINK_SECONDS = 600, RELINK_OUTPUT_BYTES = 8192 };

struct request {
    char prefix[PATH_MAX];
    const char *python; /* to be relinked; NULL: none */
    bool uninstall;
};

/* What is to be copied, and where to. */
struct plan {
    enum mshim_flavour flavour;      /* the image's */
    struct mshim_library library[2]; /* for the image's libc, for the other one if it is at hand */
    bool has_other;
    char python[PATH_MAX]; /* absolute; "": none */
};

static int failed(const char *what, const char *path) {
    mshim_message("cannot %s %s: %s", what, path, strerror(errno));
    return MSHIM_NO;
}

static void path_of(char path[PATH_MAX], const char *prefix, enum mshim_installed_file file) {
    snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 64, prefix, mshim_installed_name(file));
}

static bool is_own_command(const char *path) {
    static struct mshim_elf elf;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    mshim_elf_read(fd, &elf);
    close(fd);
    return strncmp(elf.note, "libc=command\n", strlen("libc=command\n")) == 0;
}

/* May this command replace or remove the file? */
static bool is_own(const char *path, enum mshim_installed_file file) {
    struct mshim_library library;
    return file == MSHIM_INSTALLED_COMMAND ? is_own_command(path) : mshim_library_read(&library, path);
}

/* --- installing --- */

/* The libc that the program runs on, and its path; MSHIM_NO_FLAVOUR where it cannot be preloaded. */
static enum mshim_flavour flavour_of(const char *command, char path[PATH_MAX]) {
    static struct mshim_target target;
    char *const words[] = {(char *)command, NULL};
    mshim_target_resolve(&target, words, getenv("PATH"));
    if (target.verdict != MSHIM_TARGET_LOADABLE || !realpath(target.file, path))
        return MSHIM_NO_FLAVOUR;
    return target.flavour;
}

/* The image's libc is that of the Python that is named, else of python3, else of the shell. */
static bool make_plan(struct plan *plan, const struct request *request) {
    char path[PATH_MAX];
    if (request->python) {
        plan->flavour = flavour_of(request->python, plan->python);
        if (plan->flavour == MSHIM_NO_FLAVOUR) {
            mshim_message("%s: there is no such program that can be preloaded", request->python);
            return false;
        }
    } else if ((plan->flavour = flavour_of("python3", path)) == MSHIM_NO_FLAVOUR &&
               (plan->flavour = flavour_of("/bin/sh", path)) == MSHIM_NO_FLAVOUR) {
        mshim_message("neither python3 nor /bin/sh runs on musl or glibc here");
        return false;
    }
    if (!mshim_library_find(&plan->library[0], plan->flavour)) {
        mshim_message("this image runs on %s, for which there is no library (%s)",
                      mshim_flavour_name(plan->flavour), plan->library[0].path);
        return false;
    }
    plan->has_other =
        mshim_library_find(&plan->library[1], plan->flavour == MSHIM_MUSL ? MSHIM_GLIBC : MSHIM_MUSL);
    return true;
}

static enum mshim_installed_file place_of_other(const struct plan *plan) {
    return plan->flavour == MSHIM_MUSL ? MSHIM_INSTALLED_GLIBC : MSHIM_INSTALLED_MUSL;
}

/* The source of a file; NULL: it is not installed. */
static const char *source_of(const struct plan *plan, enum mshim_installed_file file) {
    if (file == MSHIM_INSTALLED_COMMAND)
        return MSHIM_THIS_COMMAND;
    if (file == MSHIM_INSTALLED_LIBRARY)
        return plan->library[0].path;
    return plan->has_other && file == place_of_other(plan) ? plan->library[1].path : NULL;
}

/* Before anything is changed: is what lies there already the shim's? */
static bool can_replace_all(const struct plan *plan, const struct request *request) {
    for (enum mshim_installed_file file = 0; file < MSHIM_INSTALLED_FILES; file++) {
        char path[PATH_MAX];
        path_of(path, request->prefix, file);
        if (source_of(plan, file) && access(path, F_OK) == 0 && !is_own(path, file)) {
            mshim_message("%s is there and is not mshim's; nothing was changed", path);
            return false;
        }
    }
    return true;
}

static bool make_folders(const struct plan *plan, const struct request *request) {
    for (enum mshim_installed_file file = 0; file < MSHIM_INSTALLED_FILES; file++) {
        char path[PATH_MAX];
        if (!source_of(plan, file))
            continue;
        path_of(path, request->prefix, file);
        *strrchr(path, '/') = 0;
        if (!mshim_make_folders(path)) {
            failed("make", path);
            return false;
        }
    }
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s/lib/mshim", PATH_MAX - 64, request->prefix);
    return mshim_make_folders(path) || (failed("make", path), false);
}

/* Writes down what will be there, then puts it there, so that what was interrupted can be undone. */
static bool copy_all(const struct plan *plan, const struct request *request,
                     struct mshim_manifest *manifest) {
    char path[PATH_MAX];
    bool copies[MSHIM_INSTALLED_FILES] = {false};
    for (enum mshim_installed_file file = 0; file < MSHIM_INSTALLED_FILES; file++) {
        const char *const source = source_of(plan, file);
        path_of(path, request->prefix, file);
        copies[file] = source && !mshim_is_same_file(source, path);
        manifest->file[file] |= copies[file];
    }
    if (!mshim_manifest_write(manifest, request->prefix)) {
        failed("write the list of what is installed below", request->prefix);
        return false;
    }
    for (enum mshim_installed_file file = 0; file < MSHIM_INSTALLED_FILES; file++) {
        path_of(path, request->prefix, file);
        if (!copies[file]) {
            if (source_of(plan, file))
                mshim_print("%s is there already", path);
            continue;
        }
        if (!mshim_copy_file(source_of(plan, file), path, 0755)) {
            failed("write", path);
            return false;
        }
        mshim_print("installed %s", path);
    }
    return true;
}

/* Runs `mshim relink FLAG PYTHON`; its output, if it is to be shown. */
static int relink(const char *flag, const char *python, bool show) {
    static char output[RELINK_OUTPUT_BYTES];
    char *const words[] = {MSHIM_THIS_COMMAND, "relink", (char *)(flag ? flag : python),
                           (char *)(flag ? python : NULL), NULL};
    const int status = mshim_run_and_read(words, NULL, RELINK_SECONDS, output, sizeof output);
    for (const char *line = output; show && *line;) {
        const size_t length = strcspn(line, "\n");
        mshim_print("%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
    return status;
}

/* One that is relinked already was so before, and stays so when this is undone. */
static int relink_python(const struct plan *plan, const struct request *request,
                         struct mshim_manifest *manifest) {
    const int state = relink("--check", plan->python, false);
    if (state == MSHIM_NO && (!mshim_manifest_add_python(manifest, plan->python) ||
                              !mshim_manifest_write(manifest, request->prefix)))
        return failed("write the list of what is installed below", request->prefix);
    const int status = relink(NULL, plan->python, true);
    return status == MSHIM_DONE ? MSHIM_DONE : MSHIM_NO;
}

static void print_next(const struct plan *plan, const struct request *request) {
    char path[PATH_MAX];
    path_of(path, request->prefix, MSHIM_INSTALLED_LIBRARY);
    mshim_print("The library is for %s. A line for the Dockerfile:", mshim_flavour_name(plan->flavour));
    mshim_print("ENV LD_PRELOAD=%s", path);
}

static int install(const struct request *request) {
    static struct plan plan;
    static struct mshim_manifest manifest;
    char library[PATH_MAX];
    path_of(library, request->prefix, MSHIM_INSTALLED_LIBRARY);
    if (!mshim_preload_can_name(library))
        return mshim_misuse(
            "install", "install: %s could not be preloaded: it has a colon, white space or $ in it", library);
    if (!make_plan(&plan, request) || !can_replace_all(&plan, request) || !make_folders(&plan, request))
        return MSHIM_NO;
    (void)mshim_manifest_read(&manifest, request->prefix);
    signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is an error like others */
    if (!copy_all(&plan, request, &manifest))
        return MSHIM_NO;
    const int status = *plan.python ? relink_python(&plan, request, &manifest) : MSHIM_DONE;
    print_next(&plan, request);
    return status;
}

/* --- and undoing it --- */

/* Undone, or there is nothing left to undo. */
static bool undo_python(const char *python) {
    if (access(python, F_OK) != 0 && errno == ENOENT) {
        mshim_print("%s is gone", python);
        return true;
    }
    return relink("--undo", python, true) == MSHIM_DONE;
}

static bool remove_file(const char *prefix, enum mshim_installed_file file) {
    char path[PATH_MAX];
    path_of(path, prefix, file);
    if (access(path, F_OK) == 0 && !is_own(path, file)) {
        mshim_message("%s is not mshim's, and is left alone", path);
        return true;
    }
    if (unlink(path) == 0)
        mshim_print("removed %s", path);
    else if (errno != ENOENT)
        return failed("remove", path) == MSHIM_DONE;
    return true;
}

static int uninstall(const struct request *request) {
    static struct mshim_manifest manifest, left;
    if (!mshim_manifest_read(&manifest, request->prefix)) {
        if (errno != ENOENT && errno != ENOTDIR)
            return failed("read the list of what is installed below", request->prefix);
        mshim_message("nothing below %s was installed by mshim install", request->prefix);
        return MSHIM_NO;
    }
    bool complete = true;
    for (size_t i = 0; i < manifest.python_count; i++)
        if (!undo_python(manifest.python[i])) {
            (void)mshim_manifest_add_python(&left, manifest.python[i]);
            complete = false;
        }
    for (enum mshim_installed_file file = 0; file < MSHIM_INSTALLED_FILES; file++)
        if (manifest.file[file] && !remove_file(request->prefix, file)) {
            left.file[file] = true;
            complete = false;
        }
    if (!complete) {
        (void)mshim_manifest_write(&left, request->prefix);
        mshim_message("not all could be undone");
        return MSHIM_NO;
    }
    mshim_manifest_remove(request->prefix);
    mshim_print("Take the library out of LD_PRELOAD as well.");
    return MSHIM_DONE;
}

static bool read_prefix(struct request *request, const char *text) {
    char folder[PATH_MAX];
    if (text[0] == '/')
        snprintf(request->prefix, sizeof request->prefix, "%s", text);
    else if (getcwd(folder, sizeof folder))
        snprintf(request->prefix, sizeof request->prefix, "%.*s/%s", PATH_MAX / 2, folder, text);
    size_t length = strlen(request->prefix);
    while (length > 1 && request->prefix[length - 1] == '/')
        request->prefix[--length] = 0;
    return *text && length > 0 && strlen(text) < PATH_MAX / 2 && !strchr(text, '\n');
}

int mshim_command_install(int argc, char **argv) {
    static struct request request = {.prefix = "/usr/local"};
    int status;
    for (int flag; (flag = mshim_next_flag(argc, argv, "", &status)) != -1;) {
        if (flag == '?')
            return status;
        if (strcmp(mshim_long_flag, "relink") == 0)
            request.python = optarg;
        else if (strcmp(mshim_long_flag, "uninstall") == 0)
            request.uninstall = true;
        else if (!read_prefix(&request, optarg))
            return mshim_misuse(argv[0], "%s: --prefix %s cannot be used; accepted: the path of a folder",
                                argv[0], *optarg ? optarg : "''");
    }
    if (optind < argc)
        return mshim_misuse(argv[0], "%s: takes no arguments, got %s", argv[0], argv[optind]);
    if (request.uninstall && request.python)
        return mshim_misuse(argv[0], "%s: --uninstall undoes relinking by itself, --relink has no use",
                            argv[0]);
    return request.uninstall ? uninstall(&request) : install(&request);
}
