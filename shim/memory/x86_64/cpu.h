/* SPDX-License-Identifier: MIT */
/* What the CPU has, by CPUID: instruction sets that the kernel has enabled too, and the caches' sizes. */
#ifndef MSHIM_MEMORY_X86_64_CPU_H
#define MSHIM_MEMORY_X86_64_CPU_H

#include "memory/memory.h"

MSHIM_MEMORY_INTERNAL bool mshim_cpu_has_sse2(void);
MSHIM_MEMORY_INTERNAL bool mshim_cpu_has_avx2(void);   /* with BMI1, BMI2, LZCNT */
MSHIM_MEMORY_INTERNAL bool mshim_cpu_has_avx512(void); /* F, VL, BW, with all that AVX2's answer asks for */

/* Copies and fills above this go past the caches. */
MSHIM_MEMORY_INTERNAL size_t mshim_cpu_nontemporal_bytes(void);

#endif
