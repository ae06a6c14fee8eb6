/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_KERNEL_H
#define MSHIM_LIBRARY_PROCESS_KERNEL_H

/* What the kernel knows of this process. Allocates nothing; values that cannot be had stay MSHIM_ABSENT. */

#include <mshim.h>

/* RSS and its peak, page faults. */
void mshim_kernel_fill(struct mshim_counters *counters);

/* Page faults alone: one system call, fit for a signal handler. */
void mshim_kernel_fill_faults(struct mshim_counters *counters);

uint64_t mshim_cpu_ns(void);
/* The kernel's part of it. */
uint64_t mshim_system_cpu_ns(void);

#endif
