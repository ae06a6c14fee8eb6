/* SPDX-License-Identifier: MIT */
#include "library/process/libc.h"

#include "shared/base/text.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Symbols that only one of the two libcs has are weak and asked for. */
#define WEAK __attribute__((weak))

extern void *__libc_stack_end WEAK; /* glibc's loader: where the kernel put argc */
extern char *program_invocation_short_name WEAK;

#ifdef __GLIBC__
extern int __cxa_at_quick_exit(void (*function)(void *), void *object) WEAK;
#else
extern int at_quick_exit(void (*function)(void)) WEAK;
#endif

bool mshim_libc_is_other(void) {
    const bool on_glibc = &__libc_stack_end != NULL;
#ifdef __GLIBC__
    return !on_glibc;
#else
    return on_glibc;
#endif
}

bool mshim_execution_is_secure(void) {
    return getauxval(AT_SECURE) != 0;
}

const char *const *mshim_environment(void) {
    static const char *const empty[] = {NULL};
    if (mshim_execution_is_secure())
        return empty;
    if (environ)
        return (const char *const *)environ;
    if (!&__libc_stack_end || !__libc_stack_end)
        return empty;
    /* argc, that many arguments, NULL, the environment */
    const long argc = *(const long *)__libc_stack_end;
    return (const char *const *)__libc_stack_end + 1 + argc + 1;
}

static char program_name[256] = "unknown"; /* NAME_MAX and the NUL */

static void set_program_name(const char *path) {
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = slash ? slash + 1 : path;
    if (!name || !*name)
        return;
    struct mshim_text text = mshim_text_in(program_name, sizeof program_name);
    mshim_text_append(&text, name);
}

/* The path that was given to execve. It says nothing where that was a descriptor's (fexecve), nor where the loader
 * was started with the program as its argument. */
void mshim_program_name_start(void) {
    static const char descriptor[] = "/dev/fd/";
    const char *path = (const char *)getauxval(AT_EXECFN);
    char link[4096];
    if (getauxval(AT_BASE) == 0) {
        set_program_name(&program_invocation_short_name ? program_invocation_short_name : NULL);
    } else if (path && strncmp(path, descriptor, sizeof descriptor - 1) != 0) {
        set_program_name(path);
    } else {
        const ssize_t length = readlink("/proc/self/exe", link, sizeof link - 1);
        link[length > 0 ? length : 0] = 0;
        set_program_name(link);
    }
}

const char *mshim_program_name(void) {
    return program_name;
}

#ifdef __GLIBC__

/* pthread_atfork is in its static part only. */
int mshim_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void), void *object) {
    typedef int register_function(void (*)(void), void (*)(void), void (*)(void), void *);
    register_function *libc_register = (register_function *)dlsym(RTLD_NEXT, "__register_atfork");
    return libc_register ? libc_register(before, parent, child, object) : ENOMEM;
}

void mshim_at_quick_exit(void (*function)(void)) {
    if (__cxa_at_quick_exit) /* the argument that is passed besides is not looked at */
        __cxa_at_quick_exit((void (*)(void *))(void *)function, &__dso_handle);
}

#else

int mshim_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void), void *object) {
    typedef int register_function(void (*)(void), void (*)(void), void (*)(void));
    register_function *libc_register = (register_function *)dlsym(RTLD_NEXT, "pthread_atfork");
    (void)object; /* what is closed stays mapped */
    return libc_register ? libc_register(before, parent, child) : ENOMEM;
}

void mshim_at_quick_exit(void (*function)(void)) {
    if (at_quick_exit)
        at_quick_exit(function);
}

#endif
