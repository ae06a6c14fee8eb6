/* SPDX-License-Identifier: MIT */
/* The end of a file of one instruction set: the functions of the templates as a row of mshim_memory_variants.
 */

ALWAYS_INLINE void *FUNCTION(memcpy)(void *to, const void *from, size_t n) {
    return FUNCTION(memmove)(to, from, n);
}

#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    static result FUNCTION(name##_of) parameters {                                                           \
        return FUNCTION(name) arguments;                                                                     \
    }
#include <mshim/memory_functions.def>

MSHIM_MEMORY_INTERNAL extern const struct mshim_memory_variant VARIANT_TABLE;
const struct mshim_memory_variant VARIANT_TABLE = {
    .name = VARIANT_NAME,
    .supported = VARIANT_SUPPORTED,
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) .name = FUNCTION(name##_of),
#include <mshim/memory_functions.def>
};
