/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_MULTI_GIL_H
#define MSHIM_LIBRARY_PYTHON_MULTI_GIL_H

/*
 * Interpreters with a GIL of their own (PEP 684, CPython 3.12 and later), and trims, which also take the hot
 * paths away for a while.
 *
 * The process has one set of allocators (PyMem_SetAllocator), but interpreters with their own GIL call them
 * concurrently. Looking up the interpreter in each call would cost every program what few need, and an audit
 * hook ("cpython.PyInterpreterState_New") makes every audited call slower. Instead the raw domain's calloc and
 * free are watched, which are rare: interpreters other than the first come from PyMem_RawCalloc. So do numpy's
 * arrays (2.5 and later), but an interpreter is put into CPython's list when it has been allocated, which is seen
 * at the next calloc of the same thread. As CPython 3.13 makes interpreters without holding a GIL, that is also
 * the first moment at which anything may be changed, and it comes before the new interpreter can allocate. There,
 * under the GIL, the hot paths are switched off, and the interpreter's first allocation gives it its heap. They
 * come back when no interpreter is left that may have its own GIL. One that shares the main interpreter's
 * allocator state shares its heap, if CPython tells so (3.12).
 *
 * A block is freed by the interpreter that allocated it; pymalloc would crash otherwise. If one is not, it is
 * passed to its owner as a remote free.
 */

#include "library/python/heaps.h"

/* Functions of CPython, found by dlsym; NULL where a version lacks them. Before 3.12 there is one GIL. */
struct mshim_python_interpreters {
    void *(*current_thread)(void); /* PyThreadState_GetUnchecked: NULL where none is attached */
    void *(*interpreter_of_thread)(void *thread);                 /* PyThreadState_GetInterpreter */
    void *(*newest_interpreter)(void);                            /* PyInterpreterState_Head */
    void *(*main_interpreter)(void);                              /* PyInterpreterState_Main */
    int (*take_gil)(void);                                        /* PyGILState_Ensure */
    void (*release_gil)(int state);                               /* PyGILState_Release */
    int (*has_feature)(void *interpreter, unsigned long feature); /* exported by 3.12 only; may be NULL */
    void *(*thread_of_gilstate)(void); /* PyGILState_GetThisThreadState; before 3.12 only */
};

extern struct mshim_python_interpreters mshim_python_interpreters;
extern struct mshim_python_heap *mshim_python_all_heaps;

/* After a calloc of the raw domain that succeeded, and before a free whose block is
 * within [watched_from, watched_from + watched_span]. */
void mshim_python_multi_gil_raw_calloc(void *block, size_t bytes);
void mshim_python_multi_gil_raw_free(void *block);
enum { MSHIM_PYTHON_WATCHED_BYTES = 32768 };
extern uintptr_t mshim_python_watched_from, mshim_python_watched_span;

/* The heap of the calling thread's interpreter; NULL: it has none, or out of memory. */
struct mshim_python_heap *mshim_python_multi_gil_heap(void);

/* The slow paths of small blocks while there are multiple GILs. */
void *mshim_python_multi_gil_malloc(unsigned domain, unsigned size_class);
void mshim_python_multi_gil_free(void *block);

/* Gives empty slabs back, with the GIL held; returns the bytes. */
size_t mshim_python_multi_gil_trim(void);

/* Does the calling thread hold a GIL? */
bool mshim_python_holds_gil(void);

void mshim_python_multi_gil_start(void);
void mshim_python_multi_gil_fork_prepare(void);
void mshim_python_multi_gil_fork_parent(void);
void mshim_python_multi_gil_fork_child(void);

#endif
