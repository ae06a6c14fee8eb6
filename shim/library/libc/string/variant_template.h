/* SPDX-License-Identifier: MIT */
/* Template: the end of the file of an instruction set. Makes a variant of the functions that the other
 * templates have defined. */

ALWAYS_INLINE void *FUNCTION(memcpy)(void *to, const void *from, size_t n) {
    return FUNCTION(memmove)(to, from, n);
}

#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    static result FUNCTION(name##_of) parameters {                                                           \
        return FUNCTION(name) arguments;                                                                     \
    }
#include <mshim/memory_functions.def>

MSHIM_HIDDEN extern const struct mshim_memfuncs_variant VARIANT_TABLE;
const struct mshim_memfuncs_variant VARIANT_TABLE = {
    .name = VARIANT_NAME,
    .supported = VARIANT_SUPPORTED,
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) .name = FUNCTION(name##_of),
#include <mshim/memory_functions.def>
};
