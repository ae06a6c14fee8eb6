/* SPDX-License-Identifier: MIT */
#include "command/launch/target.h"
#include "command/launch/elf_file.h"
#include "command/launch/preload.h"
#include "command/launch/search.h"
#include "command/launch/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    KERNEL_DEPTH = 5, /* scripts whose interpreters are scripts */
    HOPS = 40,        /* of any kind: env starting env starting … */
    TEXT_BYTES = 4096,
    SCRIPT_BYTES = 65536,
};

/* Where the search has got to. */
struct search {
    struct mshim_target *target;
    struct mshim_words words; /* the command line, word[0] replaced by `target->program` */
    const char *path;         /* PATH as the command will see it */
    unsigned depth;           /* of scripts since the last execve */
    bool drops_preload;
    const char *preload;       /* that env sets */
    enum mshim_flavour loader; /* that was named as a command */
};

/* One file on the way, and what it begins with. */
struct file {
    struct mshim_elf elf;
    char text[TEXT_BYTES + 1];
    size_t size;
};

static bool end(struct search *search, enum mshim_verdict verdict, const char *reason) {
    search->target->verdict = verdict;
    snprintf(search->target->reason, sizeof search->target->reason, "%s", reason);
    return false;
}

static bool fail(struct search *search, int error) {
    const bool missing = error == ENOENT || error == ENOTDIR;
    return end(search, missing ? MSHIM_TARGET_NOT_FOUND : MSHIM_TARGET_NOT_EXECUTABLE, strerror(error));
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool begins_with(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static bool is_loader_name(const char *name) {
    return begins_with(name, "ld-musl-") || begins_with(name, "ld-linux") || begins_with(name, "ld64.so") ||
           begins_with(name, "libc.musl-") || strcmp(name, "libc.so") == 0 || strcmp(name, "ld.so") == 0;
}

static int read_file(struct file *file, const char *path) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno;
    memset(file->text, 0, sizeof file->text);
    const ssize_t size = pread(fd, file->text, TEXT_BYTES, 0);
    const int error = size < 0 ? errno : 0;
    file->size = size < 0 ? 0 : (size_t)size;
    mshim_elf_read(fd, &file->elf);
    close(fd);
    return error;
}

/* Goes on with the command line in search->words as execvp would start it. */
static bool start_words(struct search *search) {
    search->depth = 0;
    const int error = mshim_search(search->target->program, search->words.word[0], search->path);
    return error == 0 || fail(search, error);
}

/* The shell reads the script; an entry script is all that is seen through. */
static bool is_shell(const char *path) {
    const char *name = base_name(path);
    return strcmp(name, "sh") == 0 || strcmp(name, "bash") == 0 || strcmp(name, "dash") == 0;
}

static bool follow_path(struct search *search, const char *path) {
    const char *const kept = mshim_words_keep(&search->words, path, strlen(path));
    if (!kept)
        return fail(search, E2BIG);
    search->words.word[0] = kept;
    const int error = mshim_executable(path);
    snprintf(search->target->program, PATH_MAX, "%s", path);
    return error == 0 || fail(search, error);
}

static bool follow_script(struct search *search, const struct file *file) {
    struct mshim_script script;
    char interpreter[PATH_MAX];
    if (!mshim_script_read(file->text, &script))
        return fail(search, ENOEXEC);
    if (++search->depth > KERNEL_DEPTH)
        return end(search, MSHIM_TARGET_NOT_EXECUTABLE,
                   "scripts that run scripts, deeper than the kernel goes");
    if (is_shell(script.interpreter) &&
        mshim_script_entry(file->text, search->target->program, interpreter, sizeof interpreter))
        return follow_path(search, interpreter);
    struct mshim_words *words = &search->words;
    const char *others[3];
    size_t count = 0;
    others[count++] = "";
    if (script.argument[0])
        others[count++] = mshim_words_keep(words, script.argument, strlen(script.argument));
    others[count++] = mshim_words_keep(words, search->target->program, strlen(search->target->program));
    if (!others[1] || !others[count - 1] || !mshim_words_replace(words, 1, others, count))
        return fail(search, E2BIG);
    return follow_path(search, script.interpreter);
}

/* No #! line: execvp has /bin/sh run a text, and so do shells. */
static bool follow_text(struct search *search, const struct file *file) {
    const size_t line = strcspn(file->text, "\n");
    if (search->depth > 0 || strcmp(search->target->program, search->target->file) != 0 ||
        (line < TEXT_BYTES && line < file->size && file->text[line] != '\n'))
        return fail(search, ENOEXEC);
    search->target->by_shell = true;
    return follow_path(search, "/bin/sh");
}

static bool names_own_library(const char *list) {
    struct mshim_library library;
    const char *entry;
    size_t length;
    while (list && (length = mshim_preload_next(&list, &entry)) > 0)
        if (mshim_preload_is_own(entry, length, &library))
            return true;
    return false;
}

/* Reads a script that the shell will run: of a file, or of what -c is given. */
static void look_through_script(struct search *search) {
    struct mshim_target *const target = search->target;
    const char *const first = search->words.count > 1 ? search->words.word[1] : NULL;
    const char *const file = target->by_shell ? target->file : first && first[0] != '-' ? first : NULL;
    char text[SCRIPT_BYTES + 1] = "";
    if (file) {
        const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        const ssize_t length = fd < 0 ? -1 : pread(fd, text, SCRIPT_BYTES, 0);
        text[length > 0 ? length : 0] = 0;
        if (fd >= 0)
            close(fd);
    } else if (first && strcmp(first, "-c") == 0 && search->words.count > 2) {
        snprintf(text, sizeof text, "%s", search->words.word[2]);
    }
    if (mshim_script_drops_preload(text, &target->drop))
        snprintf(target->drop_in, sizeof target->drop_in, "%s", file ? file : "");
}

static bool found_program(struct search *search, const struct file *file) {
    struct mshim_target *target = search->target;
    const char *const because = mshim_secure_because(target->program);
    if (because)
        return end(search, MSHIM_TARGET_SECURE, because);
    if (search->drops_preload && !names_own_library(search->preload))
        return end(search, MSHIM_TARGET_DROPS, "");
    if (file->elf.kind == MSHIM_ELF_STATIC)
        return end(search, MSHIM_TARGET_STATIC, "");
    if (!search->loader && access(file->elf.interpreter, F_OK) != 0)
        return end(search, MSHIM_TARGET_NOT_FOUND, file->elf.interpreter);
    if (search->preload)
        snprintf(target->preload, sizeof target->preload, "%s", search->preload);
    if (is_shell(target->program))
        look_through_script(search);
    target->flavour = search->loader ? search->loader : mshim_flavour_of_loader(file->elf.interpreter);
    return end(search, target->flavour ? MSHIM_TARGET_LOADABLE : MSHIM_TARGET_OTHER_LIBC,
               file->elf.interpreter);
}

static bool follow_elf(struct search *search, const struct file *file) {
    const char *const name = base_name(search->target->program);
    const struct mshim_words before = search->words;
    if (strcmp(name, "env") == 0) {
        struct mshim_env env;
        if (mshim_words_after_env(&search->words, &env)) {
            search->path = env.path ? env.path : search->path;
            search->drops_preload |= env.drops_preload;
            search->preload = env.drops_preload ? env.preload : search->preload;
            return start_words(search);
        }
        search->words = before;
    }
    if (file->elf.kind == MSHIM_ELF_STATIC && is_loader_name(name)) {
        search->loader = mshim_flavour_of_loader(search->target->program);
        if (search->loader && mshim_words_after_loader(&search->words))
            return follow_path(search, search->words.word[0]);
    }
    return found_program(search, file);
}

/* One step: false at the end of the way, with the verdict. */
static bool follow(struct search *search) {
    struct file file;
    const int error = read_file(&file, search->target->program);
    if (error == EACCES || error == EPERM)
        return end(search, MSHIM_TARGET_UNREADABLE, "");
    if (error != 0)
        return fail(search, error);
    switch (file.elf.kind) {
    case MSHIM_ELF_NONE:
        return begins_with(file.text, "#!") ? follow_script(search, &file) : follow_text(search, &file);
    case MSHIM_ELF_BROKEN:
        return fail(search, ENOEXEC);
    case MSHIM_ELF_OTHER:
        return end(search, MSHIM_TARGET_OTHER_MACHINE, "");
    default:
        return follow_elf(search, &file);
    }
}

void mshim_target_resolve(struct mshim_target *target, char *const *argv, const char *path) {
    struct search search = {.target = target, .path = path};
    memset(target, 0, sizeof *target);
    while (argv[search.words.count] && search.words.count < MSHIM_WORDS) {
        search.words.word[search.words.count] = argv[search.words.count];
        search.words.count++;
    }
    bool more = start_words(&search);
    snprintf(target->file, sizeof target->file, "%s", target->program);
    for (unsigned hops = 0; more; hops++)
        more = hops < HOPS
                   ? follow(&search)
                   : end(&search, MSHIM_TARGET_NOT_EXECUTABLE, "too many commands that start commands");
}

/* "FILE" or "FILE: it leads to PROGRAM" */
static void cannot_start(const struct mshim_target *target, char *text, size_t size) {
    const bool direct = strcmp(target->file, target->program) == 0;
    const bool by_loader = target->verdict == MSHIM_TARGET_NOT_FOUND && target->reason[0] == '/';
    snprintf(text, size, "%s%s%s: %s%s%s", *target->file ? target->file : "''",
             direct ? "" : ": it leads to ", direct ? "" : target->program,
             by_loader ? "its ELF interpreter " : "", target->reason, by_loader ? " is missing" : "");
}

void mshim_target_explain(const struct mshim_target *target, char *text, size_t size) {
    const char *const program = target->program;
    switch (target->verdict) {
    case MSHIM_TARGET_LOADABLE:
        snprintf(text, size, "%s runs on %s", program, mshim_flavour_name(target->flavour));
        break;
    case MSHIM_TARGET_NOT_FOUND:
    case MSHIM_TARGET_NOT_EXECUTABLE:
        cannot_start(target, text, size);
        break;
    case MSHIM_TARGET_UNREADABLE:
        snprintf(text, size, "%s may not be read, so its libc is unknown", program);
        break;
    case MSHIM_TARGET_STATIC:
        snprintf(text, size, "%s is a static program, which no library can be preloaded into", program);
        break;
    case MSHIM_TARGET_OTHER_MACHINE:
        snprintf(text, size, "%s is a program for another machine", program);
        break;
    case MSHIM_TARGET_OTHER_LIBC:
        snprintf(text, size, "%s runs on neither musl nor glibc (its ELF interpreter is %s)", program,
                 target->reason);
        break;
    case MSHIM_TARGET_SECURE:
        snprintf(text, size,
                 "%s runs with more privileges than its user has (%s), so that LD_PRELOAD is ignored",
                 program, target->reason);
        break;
    case MSHIM_TARGET_DROPS:
        snprintf(text, size, "%s is started by env without LD_PRELOAD", program);
        break;
    }
}
