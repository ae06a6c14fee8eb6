/* SPDX-License-Identifier: MIT */
#include "library/libc/snprintf/snprintf.h"
#include "library/libc/snprintf/plain.h"

#include "shared/base/attributes.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

typedef int print_function(char *, size_t, const char *, va_list);

static print_function *libc_vsnprintf(void) {
    static print_function *_Atomic found;
    print_function *function = atomic_load_explicit(&found, memory_order_relaxed);
    if (!function) {
        function = (print_function *)dlsym(RTLD_NEXT, "vsnprintf");
        atomic_store_explicit(&found, function, memory_order_relaxed);
    }
    return function;
}

static bool enabled;

void mshim_snprintf_select(bool enable) {
    (void)libc_vsnprintf(); /* now: the first call may come from a signal handler */
    enabled = enable;
}

/* `capacity` is INT_MAX where the caller gives none, as in libc; more than that is an error, which is left to
 * libc. */
static int print(char *to, size_t capacity, const char *format, va_list arguments) {
    if (enabled && capacity - 1 < INT_MAX && mshim_snprintf_is_plain(format)) {
        va_list copy;
        va_copy(copy, arguments);
        const int length = mshim_snprintf_plain(to, capacity, format, copy);
        va_end(copy);
        if (length >= 0)
            return length;
    }
    return libc_vsnprintf()(to, capacity, format, arguments);
}

MSHIM_EXPORT int vsnprintf(char *restrict to, size_t capacity, const char *restrict format,
                           va_list arguments) {
    return print(to, capacity, format, arguments);
}

MSHIM_EXPORT int vsprintf(char *restrict to, const char *restrict format, va_list arguments) {
    return print(to, INT_MAX, format, arguments);
}

MSHIM_EXPORT int snprintf(char *restrict to, size_t capacity, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = print(to, capacity, format, arguments);
    va_end(arguments);
    return length;
}

MSHIM_EXPORT int sprintf(char *restrict to, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = print(to, INT_MAX, format, arguments);
    va_end(arguments);
    return length;
}
