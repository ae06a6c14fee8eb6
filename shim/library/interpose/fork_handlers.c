/* SPDX-License-Identifier: MIT */
/*
 * Handlers of fork may allocate, so ours must have been registered before anybody else's: also before those
 * of a library whose constructor runs before ours.
 */
#include "library/process/fork.h"
#include "library/process/libc.h"
#include "shared/base/attributes.h"

#include <errno.h>
#include <stddef.h>

static int register_handlers(void (*before)(void), void (*parent)(void), void (*child)(void), void *object) {
    const int saved = errno;
    mshim_fork_start();
    errno = saved;
    return mshim_at_fork(before, parent, child, object);
}

#ifdef __GLIBC__

MSHIM_EXPORT int __register_atfork(void (*before)(void), void (*parent)(void), void (*child)(void),
                                   void *object);
int __register_atfork(void (*before)(void), void (*parent)(void), void (*child)(void), void *object) {
    return register_handlers(before, parent, child, object);
}

#else

MSHIM_EXPORT int pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void)) {
    return register_handlers(before, parent, child, NULL);
}

#endif
