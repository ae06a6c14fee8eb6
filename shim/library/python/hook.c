/* SPDX-License-Identifier: MIT */
/*
 * CPython is looked for once, from the library's constructor: that finds a libpython the program is linked
 * with and an interpreter that exports its symbols, before either has allocated. An interpreter that is
 * opened later (embedded in a plugin) is not found, and keeps its own allocator.
 */
#include "library/python/hook.h"

#include "library/python/bursts.h"
#include "library/python/command_line.h"
#include "library/python/large.h"
#include "library/python/multi_gil.h"
#include "library/python/objects.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* CPython's PyMemAllocatorEx and PyMemAllocatorDomain: unchanged since 3.5. */
struct python_allocator {
    void *context;
    void *(*malloc)(void *context, size_t size);
    void *(*calloc)(void *context, size_t count, size_t size);
    void *(*realloc)(void *context, void *block, size_t size);
    void (*free)(void *context, void *block);
};

enum python_domain { DOMAIN_RAW, DOMAIN_MEM, DOMAIN_OBJECT };

/* 3.x, those that the tests have run on. */
enum { MINOR_MIN = 9, MINOR_MAX = 15, MULTI_GIL_MINOR = 12 };

static int minor_version;
static struct python_allocator raw; /* what the raw domain had */
static void (*set_allocator)(int domain, struct python_allocator *allocator);
static void (*get_allocator)(int domain, struct python_allocator *allocator);

const char *mshim_python_mode_word(enum mshim_python_mode mode) {
    static const char *const words[] = {
        [MSHIM_PYTHON_ON] = "on",
        [MSHIM_PYTHON_ALLOCATOR] = "allocator",
        [MSHIM_PYTHON_OFF] = "off",
    };
    return words[mode];
}

const char *mshim_python_reason_word(enum mshim_python_reason reason) {
    static const char *const words[MSHIM_PYTHON_REASONS] = {
        [MSHIM_PYTHON_HOOKED] = "none",
        [MSHIM_PYTHON_NOT_STARTED] = "not-started",
        [MSHIM_PYTHON_BY_OPTION] = "option",
        [MSHIM_PYTHON_NOT_FOUND] = "no-python",
        [MSHIM_PYTHON_UNKNOWN_VERSION] = "version",
        [MSHIM_PYTHON_INITIALIZED] = "already-initialized",
        [MSHIM_PYTHON_PYTHONMALLOC] = "PYTHONMALLOC",
        [MSHIM_PYTHON_PYTHONDEVMODE] = "PYTHONDEVMODE",
        [MSHIM_PYTHON_DEV_MODE] = "dev-mode",
        [MSHIM_PYTHON_FREE_THREADED] = "free-threaded",
        [MSHIM_PYTHON_DEBUG_BUILD] = "debug-build",
        [MSHIM_PYTHON_NO_ADDRESS_RANGE] = "no-address-range",
    };
    return words[reason];
}

/* A function's address: C has no cast for what dlsym returns, POSIX guarantees the same representation. */
static void look_up(void *pointer, const char *name) {
    void *address = dlsym(RTLD_DEFAULT, name);
    memcpy(pointer, &address, sizeof address);
}

static bool is_set(const char *variable) {
    const char *value = getenv(variable);
    return value && value[0] != '\0';
}

static int read_minor(const char *version) {
    if (!version || strncmp(version, "3.", 2) != 0)
        return 0;
    int minor = 0;
    for (const char *digit = version + 2; *digit >= '0' && *digit <= '9' && minor < 100; digit++)
        minor = minor * 10 + (*digit - '0');
    return minor;
}

enum mshim_python_reason mshim_python_version_reason(const char *version) {
    const int minor = read_minor(version);
    if (minor < MINOR_MIN || minor > MINOR_MAX)
        return MSHIM_PYTHON_UNKNOWN_VERSION;
    return strstr(version, "free-threading") ? MSHIM_PYTHON_FREE_THREADED : MSHIM_PYTHON_HOOKED;
}

static enum mshim_python_reason find_python(void) {
    look_up(&set_allocator, "PyMem_SetAllocator");
    look_up(&get_allocator, "PyMem_GetAllocator");
    if (!set_allocator || !get_allocator)
        return MSHIM_PYTHON_NOT_FOUND;
    const char *(*get_version)(void);
    int (*is_initialized)(void);
    look_up(&get_version, "Py_GetVersion");
    look_up(&is_initialized, "Py_IsInitialized");
    if (!get_version || !is_initialized)
        return MSHIM_PYTHON_UNKNOWN_VERSION;
    if (is_initialized())
        return MSHIM_PYTHON_INITIALIZED;
    if (is_set("PYTHONMALLOC"))
        return MSHIM_PYTHON_PYTHONMALLOC;
    if (is_set("PYTHONDEVMODE"))
        return MSHIM_PYTHON_PYTHONDEVMODE;
    const enum mshim_python_reason reason = mshim_python_version_reason(get_version());
    if (reason != MSHIM_PYTHON_HOOKED)
        return reason;
    minor_version = read_minor(get_version());
    if (dlsym(RTLD_DEFAULT, "_Py_NegativeRefcount")) /* exported by Py_DEBUG builds only */
        return MSHIM_PYTHON_DEBUG_BUILD;
    return mshim_python_process_asks_dev_mode() ? MSHIM_PYTHON_DEV_MODE : MSHIM_PYTHON_HOOKED;
}

static void *raw_calloc(void *context, size_t count, size_t size) {
    void *block = raw.calloc(context, count, size);
    if (block)
        mshim_python_multi_gil_raw_calloc(block, count * size);
    return block;
}

static void raw_free(void *context, void *block) {
    if (unlikely((uintptr_t)block - mshim_python_watched_from <= mshim_python_watched_span))
        mshim_python_multi_gil_raw_free(block);
    raw.free(context, block);
}

/* False: this CPython does not export what is needed to tell its interpreters apart. */
static bool find_interpreter_functions(void) {
    struct mshim_python_interpreters *python = &mshim_python_interpreters;
    look_up(&python->current_thread, "PyThreadState_GetUnchecked");
    if (!python->current_thread)
        look_up(&python->current_thread, "_PyThreadState_UncheckedGet");
    if (minor_version < MULTI_GIL_MINOR) {
        look_up(&python->thread_of_gilstate, "PyGILState_GetThisThreadState");
        return python->current_thread && python->thread_of_gilstate;
    }
    look_up(&python->interpreter_of_thread, "PyThreadState_GetInterpreter");
    look_up(&python->newest_interpreter, "PyInterpreterState_Head");
    look_up(&python->main_interpreter, "PyInterpreterState_Main");
    look_up(&python->take_gil, "PyGILState_Ensure");
    look_up(&python->release_gil, "PyGILState_Release");
    look_up(&python->has_feature, "_PyInterpreterState_HasFeature");
    return python->current_thread && python->interpreter_of_thread && python->newest_interpreter &&
           python->main_interpreter && python->take_gil && python->release_gil;
}

static void watch_interpreters(void) {
    get_allocator(DOMAIN_RAW, &raw);
    struct python_allocator watching = raw;
    watching.calloc = raw_calloc;
    watching.free = raw_free;
    set_allocator(DOMAIN_RAW, &watching);
}

enum mshim_python_reason mshim_python_find(enum mshim_python_mode mode) {
    const enum mshim_python_reason reason = find_python();
    if (reason != MSHIM_PYTHON_HOOKED || mode != MSHIM_PYTHON_ON)
        return reason;
    if (!find_interpreter_functions())
        return MSHIM_PYTHON_UNKNOWN_VERSION;
    return mshim_python_objects_start() ? MSHIM_PYTHON_HOOKED : MSHIM_PYTHON_NO_ADDRESS_RANGE;
}

static struct python_allocator plain_functions(enum mshim_python_mode mode, void *context) {
    if (mode == MSHIM_PYTHON_ON)
        return (struct python_allocator){context, mshim_python_objects_malloc, mshim_python_objects_calloc,
                                         mshim_python_objects_realloc, mshim_python_objects_free};
    if (mshim_python_backend.count)
        return (struct python_allocator){context, mshim_python_allocator_malloc,
                                         mshim_python_allocator_calloc, mshim_python_allocator_realloc,
                                         mshim_python_allocator_free};
    return (struct python_allocator){context, mshim_python_large_malloc, mshim_python_large_calloc,
                                     mshim_python_large_realloc, mshim_python_large_free};
}

static struct python_allocator timed_functions(void *context) {
    return (struct python_allocator){context, mshim_python_objects_timed_malloc,
                                     mshim_python_objects_timed_calloc, mshim_python_objects_timed_realloc,
                                     mshim_python_objects_timed_free};
}

static bool exchange(unsigned domain, bool timed) {
    const int python_domain = domain == MSHIM_PYTHON_MEM ? DOMAIN_MEM : DOMAIN_OBJECT;
    struct python_allocator plain = plain_functions(MSHIM_PYTHON_ON, &mshim_python_fronts[domain]);
    struct python_allocator burst = timed_functions(&mshim_python_fronts[domain]);
    struct python_allocator found;
    get_allocator(python_domain, &found);
    if (memcmp(&found, timed ? &plain : &burst, sizeof found) != 0)
        return false;
    set_allocator(python_domain, timed ? &burst : &plain);
    return true;
}

void mshim_python_hook(enum mshim_python_mode mode) {
    if (mode == MSHIM_PYTHON_ON && minor_version >= MULTI_GIL_MINOR)
        watch_interpreters();
    mshim_python_bursts_start(mode == MSHIM_PYTHON_ON ? exchange : NULL);
    mshim_python_fronts[MSHIM_PYTHON_OBJECT].domain = MSHIM_PYTHON_OBJECT;
    struct python_allocator ours = plain_functions(mode, &mshim_python_fronts[MSHIM_PYTHON_MEM]);
    set_allocator(DOMAIN_MEM, &ours);
    ours = plain_functions(mode, &mshim_python_fronts[MSHIM_PYTHON_OBJECT]);
    set_allocator(DOMAIN_OBJECT, &ours);
}
