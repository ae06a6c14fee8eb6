/* SPDX-License-Identifier: MIT */
/* What CPUID says: instruction sets, if the kernel has enabled them, and cache sizes. */
#ifndef MSHIM_LIBRARY_LIBC_STRING_X86_64_CPU_H
#define MSHIM_LIBRARY_LIBC_STRING_X86_64_CPU_H

#include "library/libc/string/memfuncs.h"

MSHIM_HIDDEN bool mshim_cpu_has_sse2(void);
MSHIM_HIDDEN bool mshim_cpu_has_avx2(void); /* with BMI1, BMI2, LZCNT */

/* F, VL, BW, all that mshim_cpu_has_avx2 checks, and VBMI2. Nothing uses VBMI2, but CPUs that have it (Ice
 * Lake, Zen 4 and later) do not lower their clock for the first 64-byte vector, as older ones do. */
MSHIM_HIDDEN bool mshim_cpu_has_avx512(void);

/* Copies and fills of this size and more should bypass the caches: three quarters of the last level. */
MSHIM_HIDDEN size_t mshim_cpu_nontemporal_bytes(void);

#endif
