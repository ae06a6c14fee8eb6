/* SPDX-License-Identifier: MIT */
/* The exported functions: a whole format at once, or libc's own. */
#include "library/libc/strftime/conversions.h"
#include "library/libc/strftime/time.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <wchar.h>

#define FORMAT    mshim_time_format_char
#define CHARACTER char
#include "library/libc/strftime/format.h"
#undef FORMAT
#undef CHARACTER

static size_t mshim_time_format_wchar_t(wchar_t *to, size_t room, const wchar_t *format, const struct tm *tm);
#define FORMAT    mshim_time_format_wchar_t
#define CHARACTER wchar_t
#include "library/libc/strftime/format.h"

static bool serving;

#define TIME_FUNCTION(name, character)                                                                       \
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
    __attribute__((visibility("default"))) size_t name(character *restrict to, size_t room,                  \
                                                       const character *restrict format,                     \
                                                       const struct tm *restrict tm) {                       \
        const size_t length = serving ? mshim_time_format_##character(to, room, format, tm) : 0;             \
        return length ? length : libc_##name()(to, room, format, tm);                                        \
    }
#include "library/libc/strftime/functions.def"

/* libc's own are looked up now, and not first in a handler of a signal. */
void mshim_time_select(bool enabled) {
#define TIME_FUNCTION(name, character) (void)libc_##name();
#include "library/libc/strftime/functions.def"
    serving = enabled;
}
