// SPDX-License-Identifier: MIT
#include "python/heaps.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>

enum {
    EXTEND_BYTES = 4096,
    PREFAULT_PAGES = 4, /* a class with so many pages will use up another one too */
};

struct page no_page;
struct front fronts[MSHIM_PYTHON_DOMAINS];
struct heap main_heap;
struct mshim_python_backend backend;
bool several;
bool trim_wanted;

static size_t page_bytes_in_use, page_bytes_peak;
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

void heap_start(struct heap *heap, struct mshim_page_python *counts) {
    heap->counts = counts;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct shelf *shelf = &heap->shelves[domain];
        shelf->current = shelf->own_current;
        for (unsigned c = 0; c < CLASSES; c++)
            shelf->own_current[c] = &no_page;
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
    enum { SHARED = MSHIM_PAGE_PYTHON_HEAPS - 2 }; /* all but the main one and that of strays */
    heap_start(heap, &mshim_page.python_heaps[1 + number++ % SHARED]);
    heap->next = main_heap.next;
    __atomic_store_n(&main_heap.next, heap, __ATOMIC_RELEASE);
    return heap;
}

void heaps_publish(void) {
    MSHIM_WRITE(mshim_page.python_page_bytes, page_bytes_in_use);
    MSHIM_WRITE(mshim_page.python_fresh_bytes, MSHIM_READ(fresh_bytes));
    MSHIM_WRITE(mshim_page.python_empty_bytes, pages_empty_bytes());
}

size_t heaps_peak_bytes(void) {
    return page_bytes_peak;
}

void heaps_forget_peak(void) {
    page_bytes_peak = page_bytes_in_use;
}

static void fresh_changed(size_t bytes) {
    MSHIM_WRITE(mshim_page.python_fresh_bytes, __atomic_add_fetch(&fresh_bytes, bytes, __ATOMIC_RELAXED));
}

static void page_bytes_changed(ptrdiff_t bytes) {
    page_bytes_in_use += (size_t)bytes;
    if (page_bytes_in_use > page_bytes_peak)
        page_bytes_peak = page_bytes_in_use;
    heaps_publish();
    if (backend.count)
        mshim_count_python_live(bytes);
}

static struct page *new_page(struct heap *heap, unsigned domain, unsigned size_class) {
    objects_lock();
    struct page *page = pages_take();
    if (page != NULL) {
        page->free = NULL;
        page->block_bytes = (uint16_t)((size_class + 1) * MSHIM_PYTHON_SMALL_STEP_BYTES);
        page->capacity = (uint16_t)(PAGE_BYTES / page->block_bytes);
        page->fresh = page->capacity;
        page->size_class = (uint8_t)size_class;
        page->domain = (uint8_t)domain;
        page->heap = heap;
        page->counts = &heap->counts->domains[domain].small[size_class];
        fresh_changed((size_t)page->fresh * page->block_bytes);
        page_bytes_changed(PAGE_BYTES);
        fronts_set_limit();
    }
    objects_unlock();
    if (page != NULL && ++heap->shelves[domain].pages[size_class] > PREFAULT_PAGES)
        page_prefault(page);
    return page;
}

void heap_release_page(struct page *page) {
    page->heap->shelves[page->domain].pages[page->size_class]--;
    objects_lock();
    fresh_changed(-(size_t)page->fresh * page->block_bytes);
    page->fresh = 0;
    page->capacity = 0;
    page->state = PAGE_NONE;
    page->heap = NULL;
    pages_release(page);
    page_bytes_changed(-PAGE_BYTES);
    objects_unlock();
}

/* Links the next blocks that were never given out, up to the end of a page of the system, so that memory is
   touched only as it is needed. */
static void extend(struct page *page) {
    size_t bytes = page->block_bytes;
    char *block = page_start(page) + (size_t)(page->capacity - page->fresh) * bytes;
    size_t room = EXTEND_BYTES - ((uintptr_t)block & (EXTEND_BYTES - 1));
    size_t count = (room + bytes - 1) / bytes;
    if (count > page->fresh)
        count = page->fresh;
    page->fresh -= (uint16_t)count;
    fresh_changed(-count * bytes);
    page->free = block;
    for (; --count > 0; block += bytes)
        *(void **)block = block + bytes;
    *(void **)block = NULL;
}

static void list_push(struct page **list, struct page *page) {
    page->state = PAGE_PARTIAL;
    page->previous = NULL;
    page->next = *list;
    if (*list != NULL)
        (*list)->previous = page;
    *list = page;
}

static void list_remove(struct page **list, struct page *page) {
    if (page->previous != NULL)
        page->previous->next = page->next;
    else
        *list = page->next;
    if (page->next != NULL)
        page->next->previous = page->previous;
}

void heap_shelve(struct page *page) {
    list_push(&page->heap->shelves[page->domain].partial[page->size_class], page);
}

void *heap_refill(struct heap *heap, unsigned domain, unsigned size_class) {
    if (__builtin_expect(mshim_purge_is_asked(), 0))
        mshim_python_request_trim();
    struct shelf *shelf = &heap->shelves[domain];
    struct page **current = &shelf->current[size_class];
    struct page *page = *current;
    if (page->free == NULL && page->fresh == 0) {
        /* The front of the list is the page that was full last, so fuller pages come first and emptier ones
           have time to become empty. */
        if (page != &no_page)
            page->state = PAGE_FULL;
        page = shelf->partial[size_class];
        if (page != NULL) {
            list_remove(&shelf->partial[size_class], page);
        } else {
            page = new_page(heap, domain, size_class);
            if (page == NULL) {
                *current = &no_page;
                return NULL;
            }
        }
        page->state = PAGE_CURRENT;
        *current = page;
    }
    if (page->free == NULL)
        extend(page);
    return page_get(page);
}

void heap_freed(struct page *page) {
    if (__builtin_expect(mshim_purge_is_asked(), 0))
        mshim_python_request_trim();
    struct shelf *shelf = &page->heap->shelves[page->domain];
    struct page **partial = &shelf->partial[page->size_class];
    bool empty = page->live == 0;
    if (page->state == PAGE_PARTIAL) {
        if (empty) {
            list_remove(partial, page);
            heap_release_page(page);
        }
    } else if (page->state == PAGE_FULL) {
        list_push(partial, page);
    } else if (page->state == PAGE_CURRENT && empty && *partial != NULL) {
        struct page *next = *partial;
        list_remove(partial, next);
        next->state = PAGE_CURRENT;
        shelf->current[page->size_class] = next;
        heap_release_page(page);
    }
}

void heap_drop_empty(struct heap *heap) {
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct page **current = heap->shelves[domain].current;
        for (unsigned c = 0; c < CLASSES; c++) {
            struct page *page = current[c];
            if (page != &no_page && page->live == 0) {
                current[c] = &no_page;
                heap_release_page(page);
            }
        }
    }
}
