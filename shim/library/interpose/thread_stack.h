/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_INTERPOSE_THREAD_STACK_H
#define MSHIM_LIBRARY_INTERPOSE_THREAD_STACK_H

/*
 * The least stack of a new thread (MSHIM_THREAD_STACK). musl's default of 128 KiB, and the 1 MiB of Alpine's
 * Python, are less than what Python's own limits of recursion count on. Memory is only reserved.
 *
 * There is no floor for a thread whose memory the program supplies, nor where address space is scarce: under
 * RLIMIT_AS or with strict overcommit.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* Fills `*raised` with `*asked` (NULL: the defaults) and a larger stack. False where the thread is to be made
 * as asked. */
bool mshim_thread_stack_raise(pthread_attr_t *raised, const pthread_attr_t *asked, size_t floor_bytes);

/* Before the process restricts itself: asks the kernel what the two others need to know. */
void mshim_thread_stack_prepare(void);

/* In the new thread: keeps the kernel from backing the unused part of such a stack with huge pages. */
void mshim_thread_stack_settle(size_t floor_bytes);

#endif
