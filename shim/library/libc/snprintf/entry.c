/* SPDX-License-Identifier: MIT */
/* The exported functions. */
#include "library/libc/snprintf/plain.h"
#include "library/libc/snprintf/printf.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#define EXPORT __attribute__((visibility("default")))

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

static bool serving;

void mshim_printf_select(bool enabled) {
    (void)libc_vsnprintf(); /* now, and not first in a handler of a signal */
    serving = enabled;
}

/* `room` is INT_MAX where it is not told, as libc itself has it; more is an error, which is libc's to tell.
 */
static int print(char *to, size_t room, const char *format, va_list arguments) {
    if (serving && room - 1 < INT_MAX && mshim_printf_is_plain(format)) {
        va_list copy;
        va_copy(copy, arguments);
        const int length = mshim_printf_plain(to, room, format, copy);
        va_end(copy);
        if (length >= 0)
            return length;
    }
    return libc_vsnprintf()(to, room, format, arguments);
}

EXPORT int vsnprintf(char *restrict to, size_t room, const char *restrict format, va_list arguments) {
    return print(to, room, format, arguments);
}

EXPORT int vsprintf(char *restrict to, const char *restrict format, va_list arguments) {
    return print(to, INT_MAX, format, arguments);
}

EXPORT int snprintf(char *restrict to, size_t room, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = print(to, room, format, arguments);
    va_end(arguments);
    return length;
}

EXPORT int sprintf(char *restrict to, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = print(to, INT_MAX, format, arguments);
    va_end(arguments);
    return length;
}
