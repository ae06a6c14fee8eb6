/* SPDX-License-Identifier: MIT */
#include "library/libc/strftime/strftime.h"
#include "library/libc/strftime/conversions.h"

#include "shared/base/attributes.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <wchar.h>

#define FORMAT    mshim_strftime_format_char
#define CHARACTER char
#include "library/libc/strftime/format_template.h"
#undef FORMAT
#undef CHARACTER

static size_t mshim_strftime_format_wchar_t(wchar_t *to, size_t capacity, const wchar_t *format,
                                            const struct tm *tm);
#define FORMAT    mshim_strftime_format_wchar_t
#define CHARACTER wchar_t
#include "library/libc/strftime/format_template.h"

static bool enabled;

#define STRFTIME_FUNCTION(name, character)                                                                   \
    typedef size_t name##_function(character *, size_t, const character *, const struct tm *);               \
    static name##_function *libc_##name(void) {                                                              \
        static name##_function *_Atomic found;                                                               \
        name##_function *function = atomic_load_explicit(&found, memory_order_relaxed);                      \
        if (!function) {                                                                                     \
            function = (name##_function *)dlsym(RTLD_NEXT, #name);                                           \
            atomic_store_explicit(&found, function, memory_order_relaxed);                                   \
        }                                                                                                    \
        return function;                                                                                     \
    }                                                                                                        \
    MSHIM_EXPORT size_t name(character *restrict to, size_t capacity, const character *restrict format,      \
                             const struct tm *restrict tm) {                                                 \
        const size_t length = enabled ? mshim_strftime_format_##character(to, capacity, format, tm) : 0;     \
        return length ? length : libc_##name()(to, capacity, format, tm);                                    \
    }
#include "library/libc/strftime/functions.def"

/* Looks libc's functions up now: the first call may come from a signal handler. */
void mshim_strftime_select(bool enable) {
#define STRFTIME_FUNCTION(name, character) (void)libc_##name();
#include "library/libc/strftime/functions.def"
    enabled = enable;
}
