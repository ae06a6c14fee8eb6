/* SPDX-License-Identifier: MIT */
/*
 * Interpreters with a GIL of their own (PEP 684, CPython 3.12 and later), and what else takes the fast paths
 * away.
 *
 * PyMem_SetAllocator is one for the process, but interpreters with their own GIL call concurrently. The
 * alternatives: looking up the interpreter on each call would cost every program what almost none needs; an
 * audit hook sees each interpreter made ("cpython.PyInterpreterState_New"), but makes every audited call
 * (open, import, id) slower. What is done: interpreters after the first are the only large blocks that
 * CPython takes by PyMem_RawCalloc, so calloc and free of the raw domain are watched, which costs nothing
 * measurable as both are rare. CPython 3.13 makes interpreters without holding a GIL, so that this is not yet
 * the moment to touch anything; but a calloc for the new thread state follows in the same thread, before the
 * new interpreter can allocate. There, under the GIL, the fast paths are switched off; the interpreter's
 * first allocation gives it its heap. The fast paths come back when no interpreter is left that may have its
 * own GIL. One that shares the main interpreter's obmalloc state shares its heap, where CPython tells (3.12).
 *
 * A block is freed by the interpreter that allocated it (pymalloc would crash otherwise); for safety another
 * one's free is not lost but put on the heap's `foreign` stack.
 */
#ifndef MSHIM_LIBRARY_PYTHON_SEVERAL_H
#define MSHIM_LIBRARY_PYTHON_SEVERAL_H

#include "library/python/heaps.h"

/* What is asked of CPython, all by dlsym; NULL where there is none (then there is one GIL for ever). */
struct interpreter_functions {
    void *(*current_thread)(void); /* PyThreadState_GetUnchecked: NULL where none is attached */
    void *(*interpreter_of_thread)(void *thread);                 /* PyThreadState_GetInterpreter */
    void *(*newest_interpreter)(void);                            /* PyInterpreterState_Head */
    void *(*main_interpreter)(void);                              /* PyInterpreterState_Main */
    int (*take_gil)(void);                                        /* PyGILState_Ensure */
    void (*release_gil)(int state);                               /* PyGILState_Release */
    int (*has_feature)(void *interpreter, unsigned long feature); /* exported by 3.12 only; may be NULL */
    void *(*thread_of_gilstate)(void); /* PyGILState_GetThisThreadState; before 3.12 only */
};

extern struct interpreter_functions interpreter_functions;
extern struct heap *all_heaps;

/* Called by the raw domain's hooks. */
void several_raw_calloc(void *block, size_t bytes);
void several_raw_free(void *block);
enum { SEVERAL_WATCHED_BYTES = 32768 };
extern uintptr_t several_watched_from, several_watched_span;

struct heap *several_heap(void); /* NULL: no interpreter is current */
void *several_malloc(unsigned domain, unsigned size_class);
void several_free(void *block);

size_t several_trim(void); /* under the GIL; bytes given back */
bool several_holds_gil(void);

void several_start(void);
void several_fork_prepare(void);
void several_fork_parent(void);
void several_fork_child(void);

#endif
