/* SPDX-License-Identifier: MIT */
#include "library/python/multi_gil.h"

#include "library/python/remote.h"
#include "shared/base/lock.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum {
    FIRST_WATCHED_MAX = 64,
    ALIGNMENT_BYTES = 64, /* an interpreter begins less than that after its block */
    FEATURE_USE_MAIN_OBMALLOC = 1 << 5,
};

/* An interpreter. */
struct watched {
    uintptr_t start; /* of its block, or of itself */
    size_t bytes;
    struct mshim_python_heap *heap; /* NULL until its first allocation; the main heap where that is shared */
};

struct mshim_python_interpreters mshim_python_interpreters;
struct mshim_python_heap *mshim_python_all_heaps = &mshim_python_main_heap;
uintptr_t mshim_python_watched_from = UINTPTR_MAX, mshim_python_watched_span;

/* Under table_lock. */
static MSHIM_WRITTEN_AT_FORK struct mshim_lock table_lock;
static struct watched first_watched[FIRST_WATCHED_MAX];
static struct watched *watched = first_watched;
static unsigned watched_max = FIRST_WATCHED_MAX, watched_count, pending_count, own_count;
static bool for_ever; /* there was no memory for the table once: the hot paths stay off */

/* The thread's last lookup; out of date once `epoch` has changed. */
static unsigned epoch = 1;
static __thread struct {
    void *interpreter;
    struct mshim_python_heap *heap;
    unsigned epoch;
} found MSHIM_TLS_INITIAL_EXEC;

/* The thread's last large calloc, which may have been for an interpreter, and what the list of interpreters was
 * like then. */
static __thread struct {
    uintptr_t start;
    size_t bytes;
    void *newest;
    unsigned epoch;
} made MSHIM_TLS_INITIAL_EXEC;

static void *current_interpreter(void) {
    void *thread = mshim_python_interpreters.current_thread();
    return thread ? mshim_python_interpreters.interpreter_of_thread(thread) : NULL;
}

bool mshim_python_holds_gil(void) {
    if (!mshim_python_interpreters.current_thread)
        return false;
    void *thread = mshim_python_interpreters.current_thread();
    /* Before 3.12 the current thread state is the process's, not this thread's. */
    return thread && (!mshim_python_interpreters.thread_of_gilstate ||
                      thread == mshim_python_interpreters.thread_of_gilstate());
}

static void enter(void) {
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct mshim_python_bin *bin = &mshim_python_main_heap.bins[domain];
        for (unsigned c = 0; c < MSHIM_PYTHON_SMALL_CLASSES; c++) {
            bin->own_current[c] = mshim_python_fronts[domain].current[c];
            mshim_python_fronts[domain].current[c] = &mshim_python_no_slab;
        }
        bin->current = bin->own_current;
    }
    mshim_python_multi_gil = true;
    mshim_python_fronts_set_limit();
}

static void set_watched_range(void) {
    uintptr_t from = UINTPTR_MAX, to = 0;
    for (unsigned i = 0; i < watched_count; i++) {
        const uintptr_t block = watched[i].start - (ALIGNMENT_BYTES - 1);
        from = block < from ? block : from;
        to = watched[i].start > to ? watched[i].start : to;
    }
    mshim_python_watched_from = from;
    mshim_python_watched_span = to - from;
    __atomic_fetch_add(&epoch, 1, __ATOMIC_RELAXED);
}

/* A longer table; the old one is kept, like all memory for interpreters. */
static bool grow_table(void) {
    const int saved = errno;
    const size_t bytes = 2 * watched_max * sizeof *watched;
    struct watched *const longer =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = saved;
    if (longer == MAP_FAILED)
        return false;
    memcpy(longer, watched, watched_count * sizeof *watched);
    watched = longer;
    watched_max *= 2;
    return true;
}

/* Under table_lock. NULL: no memory. */
static struct watched *add_watched(uintptr_t block, size_t bytes) {
    if (watched_count == watched_max && !grow_table())
        return NULL;
    struct watched *const entry = &watched[watched_count++];
    *entry = (struct watched){block, bytes, NULL};
    pending_count++;
    set_watched_range();
    return entry;
}

/* Under the GIL that all interpreters share, or with the hot paths off already. */
static void watch(uintptr_t block, size_t bytes) {
    if (!mshim_python_multi_gil)
        enter();
    mshim_lock(&table_lock);
    if (!add_watched(block, bytes))
        for_ever = true;
    mshim_unlock(&table_lock);
}

/* Is the thread's last large block an interpreter? CPython puts a new one first into its list. Where the list has
 * neither got it there nor is as it was, another thread has changed it, and it may be further down: walking it would
 * need CPython's lock. Then the answer is yes, and what is not an interpreter is forgotten when it is freed. */
static bool made_an_interpreter(void) {
    const void *const newest = mshim_python_interpreters.newest_interpreter();
    if ((uintptr_t)newest - made.start < made.bytes)
        return true;
    const bool unchanged = newest == made.newest && made.epoch == __atomic_load_n(&epoch, __ATOMIC_RELAXED);
    return !unchanged && newest != mshim_python_interpreters.main_interpreter();
}

/* The interpreter is allocated first, under CPython's lock of its list of interpreters. A calloc of its thread
 * state or of pymalloc's state follows, without that lock and before the interpreter can allocate: the place where
 * one may wait for the GIL. */
void mshim_python_multi_gil_raw_calloc(void *block, size_t bytes) {
    if (made.bytes != 0) {
        const bool is_interpreter = made_an_interpreter();
        const uintptr_t start = made.start;
        const size_t made_bytes = made.bytes;
        made.bytes = 0;
        if (is_interpreter) {
            /* This is the GIL that the thread has just released. If all interpreters share it, nobody is
             * using the main heap; if it is one interpreter's own, the hot paths are off already. */
            bool attached = mshim_python_holds_gil();
            int state = attached ? 0 : mshim_python_interpreters.take_gil();
            watch(start, made_bytes);
            if (!attached)
                mshim_python_interpreters.release_gil(state);
        }
    }
    void *const newest =
        bytes < MSHIM_PYTHON_WATCHED_BYTES ? NULL : mshim_python_interpreters.newest_interpreter();
    if (newest) {
        made.start = (uintptr_t)block;
        made.bytes = bytes;
        made.newest = newest;
        made.epoch = __atomic_load_n(&epoch, __ATOMIC_RELAXED);
    }
}

static struct mshim_python_heap *look_up(void *interpreter) {
    if (interpreter == mshim_python_interpreters.main_interpreter())
        return &mshim_python_main_heap;
    struct mshim_python_heap *heap = NULL;
    mshim_lock(&table_lock);
    struct watched *entry = NULL;
    for (unsigned i = 0; i < watched_count && !entry; i++) {
        if ((uintptr_t)interpreter - watched[i].start < watched[i].bytes)
            entry = &watched[i];
    }
    if (!entry)
        entry = add_watched((uintptr_t)interpreter, 1);
    if (entry && !entry->heap) {
        bool shares_main = mshim_python_interpreters.has_feature &&
                           mshim_python_interpreters.has_feature(interpreter, FEATURE_USE_MAIN_OBMALLOC);
        entry->heap = shares_main ? &mshim_python_main_heap : mshim_python_heap_new();
        if (entry->heap) {
            pending_count--;
            own_count += !shares_main;
        }
    }
    if (entry)
        heap = entry->heap;
    mshim_unlock(&table_lock);
    return heap;
}

struct mshim_python_heap *mshim_python_multi_gil_heap(void) {
    void *interpreter = current_interpreter();
    if (!interpreter)
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
    while (i < watched_count && watched[i].start - (uintptr_t)block >= ALIGNMENT_BYTES)
        i++;
    return i < watched_count ? &watched[i] : NULL;
}

/* An interpreter's last call: nothing allocates for it any more. Its slabs are moved before its entry is
 * removed, since the hot paths may come back from then on. */
void mshim_python_multi_gil_raw_free(void *block) {
    if (!mshim_python_multi_gil)
        return;
    mshim_lock(&table_lock);
    struct watched *entry = watched_at(block);
    struct mshim_python_heap *heap = entry ? entry->heap : NULL;
    mshim_unlock(&table_lock);
    bool own = heap && heap != &mshim_python_main_heap;
    if (own && !heap->broken)
        mshim_python_move_slabs(heap, &mshim_python_orphans);
    mshim_lock(&table_lock);
    entry = watched_at(block);
    if (entry) {
        *entry = watched[--watched_count];
        set_watched_range();
        pending_count -= !heap;
        own_count -= own;
        if (own)
            heap->in_use = false;
    }
    mshim_unlock(&table_lock);
}

/* Under the main interpreter's GIL, when no interpreter with its own is left and none is being made. */
static void leave(void) {
    mshim_lock(&table_lock);
    watched_count = pending_count = 0;
    set_watched_range();
    mshim_unlock(&table_lock);
    mshim_python_move_slabs(&mshim_python_orphans, &mshim_python_main_heap);
    for (struct mshim_python_heap *heap = mshim_python_all_heaps; heap; heap = heap->next) {
        if (!heap->broken)
            mshim_python_remote_drain(heap);
    }
    mshim_python_remote_drain(&mshim_python_main_heap);
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct mshim_python_bin *bin = &mshim_python_main_heap.bins[domain];
        for (unsigned c = 0; c < MSHIM_PYTHON_SMALL_CLASSES; c++)
            mshim_python_fronts[domain].current[c] = bin->own_current[c];
        bin->current = mshim_python_fronts[domain].current;
    }
    mshim_python_multi_gil = false;
    mshim_python_fronts_set_limit();
}

/* An interpreter is counted as pending first and as own later, so only both counts together are telling. */
static bool may_leave(struct mshim_python_heap *heap) {
    if (heap != &mshim_python_main_heap || for_ever || __atomic_load_n(&own_count, __ATOMIC_RELAXED) != 0)
        return false;
    if (__atomic_load_n(&pending_count, __ATOMIC_RELAXED) != 0 &&
        mshim_python_interpreters.newest_interpreter() != mshim_python_interpreters.main_interpreter())
        return false;
    mshim_lock(&table_lock);
    bool none = own_count == 0 && (pending_count == 0 || mshim_python_interpreters.newest_interpreter() ==
                                                             mshim_python_interpreters.main_interpreter());
    mshim_unlock(&table_lock);
    return none;
}

void *mshim_python_multi_gil_malloc(unsigned domain, unsigned size_class) {
    struct mshim_python_heap *heap = mshim_python_multi_gil_heap();
    made.bytes = 0; /* a thread that makes an interpreter allocates no objects meanwhile */
    if (!heap)
        return NULL;
    if (__atomic_load_n(&heap->remote, __ATOMIC_RELAXED))
        mshim_python_remote_drain(heap);
    if (may_leave(heap))
        leave();
    struct mshim_python_slab *slab = heap->bins[domain].current[size_class];
    return slab->free ? mshim_python_slab_get(slab) : mshim_python_heap_refill(heap, domain, size_class);
}

void mshim_python_multi_gil_free(void *block) {
    struct mshim_python_slab *slab = mshim_python_slab_of(block);
    struct mshim_python_heap *heap = mshim_python_multi_gil_heap();
    made.bytes = 0;
    if (!heap || slab->heap != heap)
        mshim_python_remote_push(slab->heap, block);
    else if (mshim_python_slab_put(slab, block, false))
        mshim_python_heap_freed(slab);
}

size_t mshim_python_multi_gil_trim(void) {
    mshim_python_trim_wanted = false;
    struct mshim_python_heap *heap =
        mshim_python_multi_gil ? mshim_python_multi_gil_heap() : &mshim_python_main_heap;
    if (heap)
        mshim_python_heap_drop_empty(heap);
    mshim_python_lock();
    size_t bytes = mshim_python_slabs_trim();
    mshim_python_heaps_publish();
    mshim_python_unlock();
    mshim_python_fronts_set_limit();
    return bytes;
}

void mshim_python_multi_gil_start(void) {
    mshim_python_heap_start(&mshim_python_orphans, NULL);
}

void mshim_python_multi_gil_fork_prepare(void) {
    mshim_lock(&table_lock);
    mshim_python_lock();
}

void mshim_python_multi_gil_fork_parent(void) {
    mshim_python_unlock();
    mshim_unlock(&table_lock);
}

void mshim_python_multi_gil_fork_child(void) {
    mshim_python_unlock();
    mshim_unlock(&table_lock);
    if (!mshim_python_multi_gil)
        return;
    struct mshim_python_heap *mine = mshim_python_multi_gil_heap();
    for (struct mshim_python_heap *heap = mshim_python_all_heaps; heap; heap = heap->next)
        heap->broken |= heap != mine && heap->in_use;
}
