/* SPDX-License-Identifier: MIT */
/* What portable_libc.h promises to the allocators. */
__thread int mshim_allocator_errno __attribute__((tls_model("initial-exec"), visibility("hidden")));

extern int __cxa_atexit(void (*function)(void *), void *argument, void *object);
extern void *__dso_handle __attribute__((visibility("hidden")));

int mshim_atexit(void (*function)(void)) __attribute__((visibility("hidden")));
int mshim_atexit(void (*function)(void)) {
    /* The argument that is passed besides is not looked at. */
    return __cxa_atexit((void (*)(void *))(void *)function, 0, &__dso_handle);
}
