/* SPDX-License-Identifier: MIT */
/*
 * The exported functions. The flavour that exports none is built without MSHIM_MEMORY_ENTRY; the tests give
 * it another value.
 */
#ifndef MSHIM_LIBRARY_LIBC_STRING_ENTRY_H
#define MSHIM_LIBRARY_LIBC_STRING_ENTRY_H

#include "library/libc/string/blocks.h"
#include "library/libc/string/dispatch.h"

/* The name under which a function is exported. */
#ifndef MSHIM_MEMORY_ENTRY
#define MSHIM_MEMORY_ENTRY(name) name
#endif

#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    MSHIM_EXPORT result MSHIM_MEMORY_ENTRY(name) parameters;
#include <mshim/memory_functions.def>

#endif
