/* SPDX-License-Identifier: MIT */
/*
 * Calls the memory functions as a program does: from an object of its own, through its PLT. Built once for
 * each library that is measured, with the same flags, and linked with that library; only the driver's table
 * of arms knows which is which.
 *
 * Built with -fno-builtin, so that no call is replaced by instructions.
 */
#include "memory.h"

#include <string.h>
#include <strings.h>
#include <wchar.h>

#define CALLER(function, expression)                                                                         \
    static uint64_t call_##function(const struct memory_call *calls, size_t count) {                         \
        uint64_t sum = 0;                                                                                    \
        for (const struct memory_call *call = calls, *end = calls + count; call != end; call++)              \
            sum += (uint64_t)(expression);                                                                   \
        return sum;                                                                                          \
    }

CALLER(memcpy, memcpy(call->a, call->b, call->n))
CALLER(memmove, memmove(call->a, call->b, call->n))
CALLER(memset, memset(call->a, call->c, call->n))
CALLER(memcmp, memcmp(call->a, call->b, call->n))
CALLER(bcmp, bcmp(call->a, call->b, call->n))
CALLER(memchr, memchr(call->a, call->c, call->n))
CALLER(memrchr, memrchr(call->a, call->c, call->n))
CALLER(strlen, strlen((const char *)call->a))
CALLER(strchr, strchr((const char *)call->a, call->c))
CALLER(strcmp, strcmp((const char *)call->a, (const char *)call->b))
CALLER(strncmp, strncmp((const char *)call->a, (const char *)call->b, call->n))
CALLER(wmemchr, wmemchr((const wchar_t *)(void *)call->a, (wchar_t)call->c, call->n))

#define ROW(function)                                                                                        \
    { #function, call_##function }
__attribute__((visibility("default"))) const struct memory_caller_row memory_callers[] = {
    ROW(memcpy), ROW(memmove), ROW(memset), ROW(memcmp),  ROW(bcmp),    ROW(memchr),  ROW(memrchr),
    ROW(strlen), ROW(strchr),  ROW(strcmp), ROW(strncmp), ROW(wmemchr), {NULL, NULL},
};
