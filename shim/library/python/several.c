// SPDX-License-Identifier: MIT
#include "library/python/several.h"

#include "library/python/foreign.h"

#include <sched.h>

enum { WATCHED_MAX = 256, FEATURE_USE_MAIN_OBMALLOC = 1 << 5 };

/* A block that is an interpreter, or may become one. */
struct watched {
    uintptr_t start;
    size_t bytes;
    struct heap *heap; /* NULL until it has allocated; the main heap where it shares the main interpreter's */
};

struct interpreter_functions interpreter_functions;
struct heap *all_heaps = &main_heap;
uintptr_t several_watched_from = UINTPTR_MAX, several_watched_span;

/* Under table_lock. */
static char table_locked;
static struct watched watched[WATCHED_MAX];
static unsigned watched_count, pending_count, own_count;
static bool for_ever; /* the table was too short once */

/* What the thread found last; stale once `epoch` has moved on. */
static unsigned epoch = 1;
static __thread struct {
    void *interpreter;
    struct heap *heap;
    unsigned epoch;
} found __attribute__((tls_model("initial-exec")));

/* The last large calloc of this thread, if it may be an interpreter. */
static __thread struct {
    uintptr_t start;
    size_t bytes;
} made __attribute__((tls_model("initial-exec")));

static void table_lock(void) {
    while (__atomic_test_and_set(&table_locked, __ATOMIC_ACQUIRE))
        sched_yield();
}

static void table_unlock(void) {
    __atomic_clear(&table_locked, __ATOMIC_RELEASE);
}

static void *current_interpreter(void) {
    void *thread = interpreter_functions.current_thread();
    return thread != NULL ? interpreter_functions.interpreter_of_thread(thread) : NULL;
}

bool several_holds_gil(void) {
    if (interpreter_functions.current_thread == NULL)
        return false;
    void *thread = interpreter_functions.current_thread();
    /* Before 3.12 the current thread state is the process's, not this thread's. */
    return thread != NULL && (interpreter_functions.thread_of_gilstate == NULL ||
                              thread == interpreter_functions.thread_of_gilstate());
}

static void enter(void) {
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct shelf *shelf = &main_heap.shelves[domain];
        for (unsigned c = 0; c < CLASSES; c++) {
            shelf->own_current[c] = fronts[domain].current[c];
            fronts[domain].current[c] = &no_slab;
        }
        shelf->current = shelf->own_current;
    }
    several = true;
    fronts_set_limit();
}

static void set_watched_range(void) {
    uintptr_t from = UINTPTR_MAX, to = 0;
    for (unsigned i = 0; i < watched_count; i++) {
        from = watched[i].start < from ? watched[i].start : from;
        to = watched[i].start > to ? watched[i].start : to;
    }
    several_watched_from = from;
    several_watched_span = to - from;
    __atomic_fetch_add(&epoch, 1, __ATOMIC_RELAXED);
}

/* Under a GIL that all interpreters share, or where the fast paths are off already. */
static void watch(uintptr_t block, size_t bytes) {
    if (!several)
        enter();
    table_lock();
    if (watched_count < WATCHED_MAX) {
        watched[watched_count++] = (struct watched){block, bytes, NULL};
        pending_count++;
        set_watched_range();
    } else {
        for_ever = true;
    }
    table_unlock();
}

/* The large block comes first, under CPython's lock of the list of interpreters. Then, without that lock and
 * before the new interpreter can allocate, comes a calloc for its thread state: only there may one wait for
 * the GIL. */
void several_raw_calloc(void *block, size_t bytes) {
    if (made.bytes != 0) {
        uintptr_t start = made.start;
        size_t made_bytes = made.bytes;
        made.bytes = 0;
        if (interpreter_functions.newest_interpreter() != interpreter_functions.main_interpreter()) {
            /* The GIL it has just let go: the one that all share so far, so that nobody is at work in the
               main heap; or its own, and then the fast paths are off as long as it lives. */
            bool attached = several_holds_gil();
            int state = attached ? 0 : interpreter_functions.take_gil();
            watch(start, made_bytes);
            if (!attached)
                interpreter_functions.release_gil(state);
        }
    }
    if (bytes >= SEVERAL_WATCHED_BYTES && interpreter_functions.newest_interpreter() != NULL) {
        made.start = (uintptr_t)block;
        made.bytes = bytes;
    }
}

static struct heap *look_up(void *interpreter) {
    if (interpreter == interpreter_functions.main_interpreter())
        return &main_heap;
    struct heap *heap = NULL;
    table_lock();
    struct watched *entry = NULL;
    for (unsigned i = 0; i < watched_count && entry == NULL; i++) {
        if ((uintptr_t)interpreter - watched[i].start < watched[i].bytes)
            entry = &watched[i];
    }
    if (entry == NULL && watched_count < WATCHED_MAX) {
        entry = &watched[watched_count++];
        *entry = (struct watched){(uintptr_t)interpreter, 1, NULL};
        pending_count++;
        set_watched_range();
    }
    if (entry != NULL && entry->heap == NULL) {
        bool shares_main = interpreter_functions.has_feature != NULL &&
                           interpreter_functions.has_feature(interpreter, FEATURE_USE_MAIN_OBMALLOC);
        entry->heap = shares_main ? &main_heap : heap_new();
        if (entry->heap != NULL) {
            pending_count--;
            own_count += !shares_main;
        }
    }
    if (entry != NULL)
        heap = entry->heap;
    table_unlock();
    return heap;
}

struct heap *several_heap(void) {
    void *interpreter = current_interpreter();
    if (interpreter == NULL)
        return NULL;
    unsigned now = __atomic_load_n(&epoch, __ATOMIC_RELAXED);
    if (found.interpreter != interpreter || found.epoch != now) {
        found.heap = look_up(interpreter);
        found.interpreter = interpreter;
        found.epoch = now;
    }
    return found.heap;
}

static struct watched *watched_at(void *block) {
    unsigned i = 0;
    while (i < watched_count && watched[i].start != (uintptr_t)block)
        i++;
    return i < watched_count ? &watched[i] : NULL;
}

/* The last call for an interpreter: nothing allocates for it any more. The fast paths cannot come back while
   its entry is there, so its slabs are moved first. */
void several_raw_free(void *block) {
    if (!several)
        return;
    table_lock();
    struct watched *entry = watched_at(block);
    struct heap *heap = entry != NULL ? entry->heap : NULL;
    table_unlock();
    bool own = heap != NULL && heap != &main_heap;
    if (own && !heap->broken)
        foreign_move_slabs(heap, &foreign_orphans);
    table_lock();
    entry = watched_at(block);
    if (entry != NULL) {
        *entry = watched[--watched_count];
        set_watched_range();
        pending_count -= heap == NULL;
        own_count -= own;
        if (own)
            heap->in_use = false;
    }
    table_unlock();
}

/* Under the main interpreter's GIL: no interpreter with its own is left, and none is being made. */
static void leave(void) {
    table_lock();
    watched_count = pending_count = 0;
    set_watched_range();
    table_unlock();
    foreign_move_slabs(&foreign_orphans, &main_heap);
    for (struct heap *heap = all_heaps; heap != NULL; heap = heap->next) {
        if (!heap->broken)
            foreign_drain(heap);
    }
    foreign_drain(&main_heap);
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct shelf *shelf = &main_heap.shelves[domain];
        for (unsigned c = 0; c < CLASSES; c++)
            fronts[domain].current[c] = shelf->own_current[c];
        shelf->current = fronts[domain].current;
    }
    several = false;
    fronts_set_limit();
}

/* Counts move from pending to own, so only both together say anything. */
static bool may_leave(struct heap *heap) {
    if (heap != &main_heap || for_ever || __atomic_load_n(&own_count, __ATOMIC_RELAXED) != 0)
        return false;
    if (__atomic_load_n(&pending_count, __ATOMIC_RELAXED) != 0 &&
        interpreter_functions.newest_interpreter() != interpreter_functions.main_interpreter())
        return false;
    table_lock();
    bool none = own_count == 0 && (pending_count == 0 || interpreter_functions.newest_interpreter() ==
                                                             interpreter_functions.main_interpreter());
    table_unlock();
    return none;
}

void *several_malloc(unsigned domain, unsigned size_class) {
    struct heap *heap = several_heap();
    if (heap == NULL)
        return NULL;
    if (__atomic_load_n(&heap->foreign, __ATOMIC_RELAXED) != NULL)
        foreign_drain(heap);
    if (may_leave(heap))
        leave();
    struct slab *slab = heap->shelves[domain].current[size_class];
    return slab->free == NULL ? heap_refill(heap, domain, size_class) : slab_get(slab);
}

void several_free(void *block) {
    struct slab *slab = slab_of(slabs_region.header_bias, block);
    struct heap *heap = several_heap();
    if (slab->heap != heap || heap == NULL)
        foreign_push(slab->heap, block);
    else if (slab_put(slab, block, false))
        heap_freed(slab);
}

size_t several_trim(void) {
    trim_wanted = false;
    struct heap *heap = several ? several_heap() : &main_heap;
    if (heap != NULL)
        heap_drop_empty(heap);
    objects_lock();
    size_t bytes = slabs_trim();
    heaps_publish();
    objects_unlock();
    fronts_set_limit();
    return bytes;
}

void several_start(void) {
    heap_start(&foreign_orphans, NULL);
}

void several_fork_prepare(void) {
    table_lock();
    objects_lock();
}

void several_fork_parent(void) {
    objects_unlock();
    table_unlock();
}

void several_fork_child(void) {
    objects_unlock();
    table_unlock();
    if (!several)
        return;
    struct heap *mine = several_heap();
    for (struct heap *heap = all_heaps; heap != NULL; heap = heap->next)
        heap->broken |= heap != mine && heap->in_use;
}
