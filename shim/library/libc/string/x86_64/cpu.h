/* SPDX-License-Identifier: MIT */
/* What the CPU has, by CPUID: instruction sets that the kernel has enabled too, and the caches' sizes. */
#ifndef MSHIM_LIBRARY_LIBC_STRING_X86_64_CPU_H
#define MSHIM_LIBRARY_LIBC_STRING_X86_64_CPU_H

#include "library/libc/string/memory.h"

MSHIM_MEMORY_INTERNAL bool mshim_cpu_has_sse2(void);
MSHIM_MEMORY_INTERNAL bool mshim_cpu_has_avx2(void); /* with BMI1, BMI2, LZCNT */

/* F, VL and BW, with all that AVX2's answer asks for, and VBMI2: nothing uses it, but CPUs that have it (Ice
 * Lake, Zen 4 and later) do not lower their clock for the first vector of 64 bytes, as those before them do.
 */
MSHIM_MEMORY_INTERNAL bool mshim_cpu_has_avx512(void);

/* Copies and fills above this go past the caches. */
MSHIM_MEMORY_INTERNAL size_t mshim_cpu_nontemporal_bytes(void);

#endif
