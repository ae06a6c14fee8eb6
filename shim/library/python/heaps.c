// SPDX-License-Identifier: MIT
#include "library/python/heaps.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>

enum {
    EXTEND_BYTES = 4096,
    PREFAULT_SLABS = 4, /* a class with so many slabs will use up another one too */
};

struct slab no_slab;
struct front fronts[MSHIM_PYTHON_DOMAINS];
struct heap main_heap;
struct mshim_python_backend backend;
bool several;
bool trim_wanted;

static size_t slab_bytes_in_use, slab_bytes_peak;
static size_t fresh_bytes; /* of these, never given out; changed atomically */

static char lock_taken;

void objects_lock(void) {
    if (!several)
        return;
    while (__atomic_test_and_set(&lock_taken, __ATOMIC_ACQUIRE))
        sched_yield();
}

void objects_unlock(void) {
    if (several)
        __atomic_clear(&lock_taken, __ATOMIC_RELEASE);
}

void heap_start(struct heap *heap, struct mshim_stats_python *counts) {
    heap->counts = counts;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct shelf *shelf = &heap->shelves[domain];
        shelf->current = shelf->own_current;
        for (unsigned c = 0; c < CLASSES; c++)
            shelf->own_current[c] = &no_slab;
    }
    heap->in_use = true;
}

struct heap *heap_new(void) {
    for (struct heap *heap = main_heap.next; heap != NULL; heap = heap->next) {
        if (!heap->in_use && !heap->broken) {
            heap->in_use = true;
            return heap;
        }
    }
    int saved = errno;
    struct heap *heap = mmap(NULL, sizeof *heap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = saved;
    if (heap == MAP_FAILED)
        return NULL;
    static unsigned number;
    enum { SHARED = MSHIM_STATS_PYTHON_HEAPS - 2 }; /* all but the main one and that of strays */
    heap_start(heap, &mshim_stats.python_heaps[1 + number++ % SHARED]);
    heap->next = main_heap.next;
    __atomic_store_n(&main_heap.next, heap, __ATOMIC_RELEASE);
    return heap;
}

void heaps_publish(void) {
    MSHIM_WRITE(mshim_stats.python_slab_bytes, slab_bytes_in_use);
    MSHIM_WRITE(mshim_stats.python_fresh_bytes, MSHIM_READ(fresh_bytes));
    MSHIM_WRITE(mshim_stats.python_empty_bytes, slabs_empty_bytes());
}

size_t heaps_peak_bytes(void) {
    return slab_bytes_peak;
}

void heaps_forget_peak(void) {
    slab_bytes_peak = slab_bytes_in_use;
}

static void fresh_changed(size_t bytes) {
    MSHIM_WRITE(mshim_stats.python_fresh_bytes, __atomic_add_fetch(&fresh_bytes, bytes, __ATOMIC_RELAXED));
}

static void slab_bytes_changed(ptrdiff_t bytes) {
    slab_bytes_in_use += (size_t)bytes;
    if (slab_bytes_in_use > slab_bytes_peak)
        slab_bytes_peak = slab_bytes_in_use;
    heaps_publish();
    if (backend.count)
        mshim_count_python_live(bytes);
}

static struct slab *new_slab(struct heap *heap, unsigned domain, unsigned size_class) {
    objects_lock();
    struct slab *slab = slabs_take();
    if (slab != NULL) {
        slab->free = NULL;
        slab->block_bytes = (uint16_t)((size_class + 1) * MSHIM_PYTHON_SMALL_STEP_BYTES);
        slab->capacity = (uint16_t)(SLAB_BYTES / slab->block_bytes);
        slab->fresh = slab->capacity;
        slab->size_class = (uint8_t)size_class;
        slab->domain = (uint8_t)domain;
        slab->heap = heap;
        slab->counts = &heap->counts->domains[domain].small[size_class];
        fresh_changed((size_t)slab->fresh * slab->block_bytes);
        slab_bytes_changed(SLAB_BYTES);
        fronts_set_limit();
    }
    objects_unlock();
    if (slab != NULL && ++heap->shelves[domain].slabs[size_class] > PREFAULT_SLABS)
        slab_prefault(slab);
    return slab;
}

void heap_release_slab(struct slab *slab) {
    slab->heap->shelves[slab->domain].slabs[slab->size_class]--;
    objects_lock();
    fresh_changed(-(size_t)slab->fresh * slab->block_bytes);
    slab->fresh = 0;
    slab->capacity = 0;
    slab->state = SLAB_NONE;
    slab->heap = NULL;
    slabs_release(slab);
    slab_bytes_changed(-SLAB_BYTES);
    objects_unlock();
}

/* Links the next blocks that were never given out, up to the end of a slab of the system, so that memory is
   touched only as it is needed. */
static void extend(struct slab *slab) {
    size_t bytes = slab->block_bytes;
    char *block = slab_start(slab) + (size_t)(slab->capacity - slab->fresh) * bytes;
    size_t room = EXTEND_BYTES - ((uintptr_t)block & (EXTEND_BYTES - 1));
    size_t count = (room + bytes - 1) / bytes;
    if (count > slab->fresh)
        count = slab->fresh;
    slab->fresh -= (uint16_t)count;
    fresh_changed(-count * bytes);
    slab->free = block;
    for (; --count > 0; block += bytes)
        *(void **)block = block + bytes;
    *(void **)block = NULL;
}

static void list_push(struct slab **list, struct slab *slab) {
    slab->state = SLAB_PARTIAL;
    slab->previous = NULL;
    slab->next = *list;
    if (*list != NULL)
        (*list)->previous = slab;
    *list = slab;
}

static void list_remove(struct slab **list, struct slab *slab) {
    if (slab->previous != NULL)
        slab->previous->next = slab->next;
    else
        *list = slab->next;
    if (slab->next != NULL)
        slab->next->previous = slab->previous;
}

void heap_shelve(struct slab *slab) {
    list_push(&slab->heap->shelves[slab->domain].partial[slab->size_class], slab);
}

void *heap_refill(struct heap *heap, unsigned domain, unsigned size_class) {
    if (__builtin_expect(mshim_purge_is_requested(), 0))
        mshim_python_request_trim();
    struct shelf *shelf = &heap->shelves[domain];
    struct slab **current = &shelf->current[size_class];
    struct slab *slab = *current;
    if (slab->free == NULL && slab->fresh == 0) {
        /* The front of the list is the slab that was full last, so fuller slabs come first and emptier ones
           have time to become empty. */
        if (slab != &no_slab)
            slab->state = SLAB_FULL;
        slab = shelf->partial[size_class];
        if (slab != NULL) {
            list_remove(&shelf->partial[size_class], slab);
        } else {
            slab = new_slab(heap, domain, size_class);
            if (slab == NULL) {
                *current = &no_slab;
                return NULL;
            }
        }
        slab->state = SLAB_CURRENT;
        *current = slab;
    }
    if (slab->free == NULL)
        extend(slab);
    return slab_get(slab);
}

void heap_freed(struct slab *slab) {
    if (__builtin_expect(mshim_purge_is_requested(), 0))
        mshim_python_request_trim();
    struct shelf *shelf = &slab->heap->shelves[slab->domain];
    struct slab **partial = &shelf->partial[slab->size_class];
    bool empty = slab->live == 0;
    if (slab->state == SLAB_PARTIAL) {
        if (empty) {
            list_remove(partial, slab);
            heap_release_slab(slab);
        }
    } else if (slab->state == SLAB_FULL) {
        list_push(partial, slab);
    } else if (slab->state == SLAB_CURRENT && empty && *partial != NULL) {
        struct slab *next = *partial;
        list_remove(partial, next);
        next->state = SLAB_CURRENT;
        shelf->current[slab->size_class] = next;
        heap_release_slab(slab);
    }
}

void heap_drop_empty(struct heap *heap) {
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct slab **current = heap->shelves[domain].current;
        for (unsigned c = 0; c < CLASSES; c++) {
            struct slab *slab = current[c];
            if (slab != &no_slab && slab->live == 0) {
                current[c] = &no_slab;
                heap_release_slab(slab);
            }
        }
    }
}
