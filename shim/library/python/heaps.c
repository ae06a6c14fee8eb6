/* SPDX-License-Identifier: MIT */
#include "library/python/heaps.h"

#include "shared/base/lock.h"

#include <errno.h>
#include <sys/mman.h>

enum {
    /* Where the first block begins. Blocks of 64 bytes, which is most strings, then have their text (40 bytes from
     * their start) 24 bytes into a cache line. At 0 it would be 40, and each of the C library's loads of 32 bytes
     * to compare two of them would span two lines. */
    FIRST_BLOCK = 48,
    /* Of a slab that is allocated from it is not known how many blocks live; after so many frees they are counted. */
    CURRENT_FREES = 1 << 16,
    EXTEND_BYTES = 4096,
    PREFAULT_SLABS = 4, /* a class with more slabs than that is likely to use up the next one too */
};

struct mshim_python_slab mshim_python_no_slab;
struct mshim_python_front mshim_python_fronts[MSHIM_PYTHON_DOMAINS];
struct mshim_python_heap mshim_python_main_heap;
struct mshim_python_backend mshim_python_backend;
bool mshim_python_multi_gil;
bool mshim_python_trim_wanted;

static size_t slab_bytes_in_use, slab_bytes_peak;
static size_t fresh_bytes; /* of these, never given out; changed atomically */
static MSHIM_WRITTEN_AT_FORK struct mshim_lock lock;

void mshim_python_lock(void) {
    if (mshim_python_multi_gil)
        mshim_lock(&lock);
}

void mshim_python_unlock(void) {
    if (mshim_python_multi_gil)
        mshim_unlock(&lock);
}

void mshim_python_fronts_request_trim(void) {
    if (mshim_python_fronts[0].base == 0)
        return;
    mshim_python_trim_wanted = true;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++)
        __atomic_store_n(&mshim_python_fronts[domain].limit, 0, __ATOMIC_RELEASE);
}

void mshim_python_heap_start(struct mshim_python_heap *heap, struct mshim_stats_python *counts) {
    heap->counts = counts;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct mshim_python_bin *bin = &heap->bins[domain];
        bin->current = bin->own_current;
        for (unsigned c = 0; c < MSHIM_PYTHON_SMALL_CLASSES; c++)
            bin->own_current[c] = &mshim_python_no_slab;
    }
    heap->in_use = true;
}

struct mshim_python_heap *mshim_python_heap_new(void) {
    for (struct mshim_python_heap *heap = mshim_python_main_heap.next; heap; heap = heap->next) {
        if (!heap->in_use && !heap->broken) {
            heap->in_use = true;
            return heap;
        }
    }
    const int saved = errno;
    struct mshim_python_heap *heap =
        mmap(NULL, sizeof *heap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = saved;
    if (heap == MAP_FAILED)
        return NULL;
    static unsigned number;
    enum { SHARED = MSHIM_STATS_PYTHON_HEAPS - 2 }; /* all but the main heap's and the stray counts */
    mshim_python_heap_start(heap, &mshim_stats.python_heaps[1 + number++ % SHARED]);
    heap->next = mshim_python_main_heap.next;
    __atomic_store_n(&mshim_python_main_heap.next, heap, __ATOMIC_RELEASE);
    return heap;
}

void mshim_python_heaps_publish(void) {
    MSHIM_WRITE(mshim_stats.python_slab_bytes, slab_bytes_in_use);
    MSHIM_WRITE(mshim_stats.python_fresh_bytes, MSHIM_READ(fresh_bytes));
    MSHIM_WRITE(mshim_stats.python_empty_bytes, mshim_python_slabs_empty_bytes());
}

size_t mshim_python_heaps_peak_bytes(void) {
    return slab_bytes_peak;
}

void mshim_python_heaps_forget_peak(void) {
    if (slab_bytes_peak != slab_bytes_in_use) /* a page that is written is copied, after fork */
        slab_bytes_peak = slab_bytes_in_use;
}

static void fresh_changed(size_t bytes) {
    MSHIM_WRITE(mshim_stats.python_fresh_bytes, __atomic_add_fetch(&fresh_bytes, bytes, __ATOMIC_RELAXED));
}

static void slab_bytes_changed(ptrdiff_t bytes) {
    slab_bytes_in_use += (size_t)bytes;
    if (slab_bytes_in_use > slab_bytes_peak)
        slab_bytes_peak = slab_bytes_in_use;
    mshim_python_heaps_publish();
    if (mshim_python_backend.count)
        mshim_count_python_live(bytes);
}

static struct mshim_python_slab *new_slab(struct mshim_python_heap *heap, unsigned domain,
                                          unsigned size_class) {
    mshim_python_lock();
    struct mshim_python_slab *slab = mshim_python_slabs_take();
    if (slab) {
        slab->free = NULL;
        slab->block_bytes = (uint16_t)((size_class + 1) * MSHIM_PYTHON_SMALL_STEP_BYTES);
        slab->capacity = (uint16_t)((MSHIM_PYTHON_SLAB_BYTES - FIRST_BLOCK) / slab->block_bytes);
        slab->fresh = slab->capacity;
        slab->size_class = (uint8_t)size_class;
        slab->domain = (uint8_t)domain;
        slab->heap = heap;
        slab->counts = &heap->counts->domains[domain].small[size_class];
        fresh_changed((size_t)slab->fresh * slab->block_bytes);
        slab_bytes_changed(MSHIM_PYTHON_SLAB_BYTES);
        mshim_python_fronts_set_limit();
    }
    mshim_python_unlock();
    if (slab && ++heap->bins[domain].slabs[size_class] > PREFAULT_SLABS)
        mshim_python_slab_prefault(slab);
    return slab;
}

static void release_locked(struct mshim_python_slab *slab) {
    slab->heap->bins[slab->domain].slabs[slab->size_class]--;
    fresh_changed(-(size_t)slab->fresh * slab->block_bytes);
    slab->fresh = 0;
    slab->capacity = 0;
    slab->state = MSHIM_PYTHON_SLAB_NONE;
    slab->heap = NULL;
    mshim_python_slabs_release(slab);
    slab_bytes_changed(-MSHIM_PYTHON_SLAB_BYTES);
}

static void release(struct mshim_python_slab *slab) {
    mshim_python_lock();
    release_locked(slab);
    mshim_python_unlock();
}

/* Links the next blocks that were never given out, up to the end of a page, so that memory is touched only
 * when it is needed. */
static void extend(struct mshim_python_slab *slab) {
    size_t bytes = slab->block_bytes;
    char *block =
        mshim_python_slab_start(slab) + FIRST_BLOCK + (size_t)(slab->capacity - slab->fresh) * bytes;
    size_t page_bytes = EXTEND_BYTES - ((uintptr_t)block & (EXTEND_BYTES - 1));
    size_t count = (page_bytes + bytes - 1) / bytes;
    if (count > slab->fresh)
        count = slab->fresh;
    slab->fresh -= (uint16_t)count;
    fresh_changed(-count * bytes);
    slab->free = block;
    for (; --count > 0; block += bytes)
        *(void **)block = block + bytes;
    *(void **)block = NULL;
}

static uint32_t count_live(const struct mshim_python_slab *slab) {
    uint32_t live = slab->capacity - slab->fresh;
    for (void *const *block = slab->free; block; block = *block)
        live--;
    return live;
}

static void list_push(struct mshim_python_slab **list, struct mshim_python_slab *slab) {
    slab->state = MSHIM_PYTHON_SLAB_PARTIAL;
    slab->frees_left = count_live(slab);
    slab->previous = NULL;
    slab->next = *list;
    if (*list)
        (*list)->previous = slab;
    *list = slab;
}

static void list_remove(struct mshim_python_slab **list, struct mshim_python_slab *slab) {
    if (slab->previous)
        slab->previous->next = slab->next;
    else
        *list = slab->next;
    if (slab->next)
        slab->next->previous = slab->previous;
}

void mshim_python_heap_adopt(struct mshim_python_slab *slab) {
    if (count_live(slab) == 0)
        release_locked(slab);
    else if (slab->free || slab->fresh != 0)
        list_push(&slab->heap->bins[slab->domain].partial[slab->size_class], slab);
}

static void make_current(struct mshim_python_slab **current, struct mshim_python_slab *slab) {
    slab->state = MSHIM_PYTHON_SLAB_CURRENT;
    slab->frees_left = CURRENT_FREES;
    *current = slab;
}

void *mshim_python_heap_refill(struct mshim_python_heap *heap, unsigned domain, unsigned size_class) {
    if (unlikely(mshim_purge_is_requested()))
        mshim_python_fronts_request_trim();
    struct mshim_python_bin *bin = &heap->bins[domain];
    struct mshim_python_slab **current = &bin->current[size_class];
    struct mshim_python_slab *slab = *current;
    if (!slab->free && slab->fresh == 0) {
        /* The list begins with the slab that was full most recently. Fuller slabs so come first, which gives
         * emptier ones time to become empty. */
        if (slab != &mshim_python_no_slab) {
            slab->state = MSHIM_PYTHON_SLAB_FULL;
            slab->frees_left = 1;
        }
        slab = bin->partial[size_class];
        if (slab) {
            list_remove(&bin->partial[size_class], slab);
        } else {
            slab = new_slab(heap, domain, size_class);
            if (!slab) {
                *current = &mshim_python_no_slab;
                return NULL;
            }
        }
        make_current(current, slab);
    }
    if (!slab->free)
        extend(slab);
    return mshim_python_slab_get(slab);
}

/* An empty slab is released if there is another one to allocate from. */
static void current_freed(struct mshim_python_slab *slab, struct mshim_python_slab **current,
                          struct mshim_python_slab **partial) {
    struct mshim_python_slab *const next = *partial;
    if (next && count_live(slab) == 0) {
        list_remove(partial, next);
        make_current(current, next);
        release(slab);
    } else {
        slab->frees_left = CURRENT_FREES;
    }
}

void mshim_python_heap_freed(struct mshim_python_slab *slab) {
    if (unlikely(mshim_purge_is_requested()))
        mshim_python_fronts_request_trim();
    struct mshim_python_bin *bin = &slab->heap->bins[slab->domain];
    struct mshim_python_slab **partial = &bin->partial[slab->size_class];
    if (slab->state == MSHIM_PYTHON_SLAB_CURRENT) {
        current_freed(slab, &bin->current[slab->size_class], partial);
    } else if (slab->state == MSHIM_PYTHON_SLAB_FULL) {
        list_push(partial, slab);
    } else {
        list_remove(partial, slab);
        release(slab);
    }
}

void mshim_python_heap_drop_empty(struct mshim_python_heap *heap) {
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct mshim_python_slab **current = heap->bins[domain].current;
        for (unsigned c = 0; c < MSHIM_PYTHON_SMALL_CLASSES; c++) {
            struct mshim_python_slab *slab = current[c];
            if (slab != &mshim_python_no_slab && count_live(slab) == 0) {
                current[c] = &mshim_python_no_slab;
                release(slab);
            }
        }
    }
}
