/* SPDX-License-Identifier: MIT */
/* Declares the exported functions. The tests and the bench build them under other names. */
#ifndef MSHIM_LIBRARY_LIBC_STRING_ENTRY_H
#define MSHIM_LIBRARY_LIBC_STRING_ENTRY_H

#include "library/libc/string/blocks.h"
#include "library/libc/string/dispatch.h"

/* The name under which a function is exported. */
#ifndef MSHIM_MEMFUNCS_ENTRY
#define MSHIM_MEMFUNCS_ENTRY(name) name
#endif

#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    MSHIM_EXPORT result MSHIM_MEMFUNCS_ENTRY(name) parameters;
#include <mshim/memory_functions.def>

#endif
