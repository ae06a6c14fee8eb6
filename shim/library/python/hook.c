// SPDX-License-Identifier: MIT
/*
 * Finds CPython and gives its domains their allocator.
 *
 * Looked for once, from the shim's constructor: that sees a libpython that the program is linked with and an
 * interpreter that exports its symbols, before either has allocated. One that is opened later (embedded in
 * something else) is not seen, and so left alone.
 */
#include "library/python/python.h"

#include "library/python/command_line.h"
#include "library/python/large.h"
#include "library/python/objects.h"
#include "library/python/several.h"
#include "library/python/windows.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* CPython's PyMemAllocatorEx and PyMemAllocatorDomain: stable since 3.5. */
struct python_allocator {
    void *context;
    void *(*malloc)(void *context, size_t size);
    void *(*calloc)(void *context, size_t count, size_t size);
    void *(*realloc)(void *context, void *block, size_t size);
    void (*free)(void *context, void *block);
};

enum python_domain { DOMAIN_RAW, DOMAIN_MEM, DOMAIN_OBJECT };

enum {
    FIRST_MINOR = 9,
    LAST_MINOR = 13,
    SEVERAL_GILS_MINOR = 12
}; /* 3.x, those that the tests were run on */

#define OFF(why) "python=off python_why=" why

static const char *status = OFF("not-started");
static enum mshim_python_mode in_force = MSHIM_PYTHON_OFF;
static struct python_allocator raw; /* what the raw domain had */
static void (*set_allocator)(int domain, struct python_allocator *allocator);
static void (*get_allocator)(int domain, struct python_allocator *allocator);

static void *symbol(const char *name) {
    return dlsym(RTLD_DEFAULT, name);
}

/* POSIX lets a function's address be read from what dlsym gives; C needs it done through memory. */
static void look_up(void *pointer, const char *name) {
    void *address = symbol(name);
    memcpy(pointer, &address, sizeof address);
}

static bool is_set(const char *variable) {
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0';
}

static int minor_version(const char *version) {
    if (version == NULL || strncmp(version, "3.", 2) != 0)
        return 0;
    int minor = 0;
    for (const char *digit = version + 2; *digit >= '0' && *digit <= '9' && minor < 100; digit++)
        minor = minor * 10 + (*digit - '0');
    return minor;
}

/* NULL: nothing speaks against it. */
static const char *reason_to_leave_alone(int *minor) {
    look_up(&set_allocator, "PyMem_SetAllocator");
    look_up(&get_allocator, "PyMem_GetAllocator");
    if (set_allocator == NULL || get_allocator == NULL)
        return OFF("no-python");
    const char *(*get_version)(void);
    int (*is_initialized)(void);
    look_up(&get_version, "Py_GetVersion");
    look_up(&is_initialized, "Py_IsInitialized");
    if (get_version == NULL || is_initialized == NULL)
        return OFF("version");
    if (is_initialized())
        return OFF("already-initialized");
    if (is_set("PYTHONMALLOC"))
        return OFF("PYTHONMALLOC");
    if (is_set("PYTHONDEVMODE"))
        return OFF("PYTHONDEVMODE");
    const char *version = get_version();
    *minor = minor_version(version);
    if (*minor < FIRST_MINOR || *minor > LAST_MINOR)
        return OFF("version");
    if (strstr(version, "free-threading") != NULL)
        return OFF("free-threaded");
    if (symbol("_Py_NegativeRefcount") != NULL) /* exported by Py_DEBUG builds only */
        return OFF("debug-build");
    if (process_asks_dev_mode())
        return OFF("dev-mode");
    return NULL;
}

static void *raw_calloc(void *context, size_t count, size_t size) {
    void *block = raw.calloc(context, count, size);
    if (block != NULL)
        several_raw_calloc(block, count * size);
    return block;
}

static void raw_free(void *context, void *block) {
    if (__builtin_expect((uintptr_t)block - several_watched_from <= several_watched_span, 0))
        several_raw_free(block);
    raw.free(context, block);
}

/* False: this CPython does not export what is needed to tell its interpreters apart. */
static bool watch_interpreters(int minor) {
    struct interpreter_functions *python = &interpreter_functions;
    look_up(&python->current_thread, "PyThreadState_GetUnchecked");
    if (python->current_thread == NULL)
        look_up(&python->current_thread, "_PyThreadState_UncheckedGet");
    if (minor < SEVERAL_GILS_MINOR) {
        look_up(&python->thread_of_gilstate, "PyGILState_GetThisThreadState");
        return python->current_thread != NULL && python->thread_of_gilstate != NULL;
    }
    look_up(&python->interpreter_of_thread, "PyThreadState_GetInterpreter");
    look_up(&python->newest_interpreter, "PyInterpreterState_Head");
    look_up(&python->main_interpreter, "PyInterpreterState_Main");
    look_up(&python->take_gil, "PyGILState_Ensure");
    look_up(&python->release_gil, "PyGILState_Release");
    look_up(&python->has_feature, "_PyInterpreterState_HasFeature");
    if (python->current_thread == NULL || python->interpreter_of_thread == NULL ||
        python->newest_interpreter == NULL || python->main_interpreter == NULL || python->take_gil == NULL ||
        python->release_gil == NULL)
        return false;
    get_allocator(DOMAIN_RAW, &raw);
    struct python_allocator watching = raw;
    watching.calloc = raw_calloc;
    watching.free = raw_free;
    set_allocator(DOMAIN_RAW, &watching);
    return true;
}

static struct python_allocator functions_of(enum mshim_python_mode mode) {
    if (mode == MSHIM_PYTHON_ALLOCATOR && backend.count)
        return (struct python_allocator){NULL, allocator_malloc, allocator_calloc, allocator_realloc,
                                         allocator_free};
    if (mode == MSHIM_PYTHON_ALLOCATOR)
        return (struct python_allocator){NULL, large_malloc, large_calloc, large_realloc, large_free};
    return (struct python_allocator){NULL, objects_malloc, objects_calloc, objects_realloc, objects_free};
}

static bool exchange(unsigned domain, bool timed) {
    const int python_domain = domain == MSHIM_PYTHON_MEM ? DOMAIN_MEM : DOMAIN_OBJECT;
    struct python_allocator plain = {&fronts[domain], objects_malloc, objects_calloc, objects_realloc,
                                     objects_free};
    struct python_allocator of_window = {&fronts[domain], objects_timed_malloc, objects_timed_calloc,
                                         objects_timed_realloc, objects_timed_free};
    struct python_allocator there;
    get_allocator(python_domain, &there);
    if (memcmp(&there, timed ? &plain : &of_window, sizeof there) != 0)
        return false;
    set_allocator(python_domain, timed ? &of_window : &plain);
    return true;
}

bool mshim_python_start(enum mshim_python_mode mode, const struct mshim_python_backend *large) {
    if (mode == MSHIM_PYTHON_OFF) {
        status = OFF("option");
        return false;
    }
    int minor = 0;
    const char *reason = reason_to_leave_alone(&minor);
    if (reason == NULL && mode == MSHIM_PYTHON_ON && !objects_start())
        reason = OFF("no-address-range");
    if (reason == NULL && mode == MSHIM_PYTHON_ON && !watch_interpreters(minor))
        reason = OFF("version");
    if (reason != NULL) {
        status = reason;
        return false;
    }
    backend = *large;
    windows_start(mode == MSHIM_PYTHON_ON ? exchange : NULL);
    struct python_allocator ours = functions_of(mode);
    fronts[MSHIM_PYTHON_OBJECT].domain = MSHIM_PYTHON_OBJECT;
    ours.context = &fronts[MSHIM_PYTHON_MEM];
    set_allocator(DOMAIN_MEM, &ours);
    ours.context = &fronts[MSHIM_PYTHON_OBJECT];
    set_allocator(DOMAIN_OBJECT, &ours);
    in_force = mode;
    status = mode == MSHIM_PYTHON_ON ? "python=on" : "python=allocator";
    return true;
}

const char *mshim_python_status(void) {
    return status;
}

enum mshim_python_mode mshim_python_in_force(void) {
    return in_force;
}
