/* SPDX-License-Identifier: MIT */
/* A stack that leads through relinked code is unwound frame by frame. */
#ifdef LIBRARY
/* As in a library of several files, where the compiler does not see them all. */
#define GENERAL __attribute__((tls_model("global-dynamic")))

GENERAL static __thread int depth;

int descend(int levels, void (*at_the_bottom)(void)) {
    depth++;
    if (levels > 0)
        descend(levels - 1, at_the_bottom);
    else
        at_the_bottom();
    depth--;
    return depth;
}

int start(int levels, void (*at_the_bottom)(void)) {
    return descend(levels, at_the_bottom) + 1;
}
#else
#include "check.h"
#include <unwind.h>

int start(int, void (*)(void));

static int frames;

static _Unwind_Reason_Code frame(struct _Unwind_Context *context, void *unused) {
    (void)context;
    (void)unused;
    frames++;
    return _URC_NO_REASON;
}

static void unwind(void) {
    frames = 0;
    _Unwind_Backtrace(frame, NULL);
}

int main(void) {
    check(start(3, unwind) == 1);
    const int few = frames;
    check(start(13, unwind) == 1);
    check(few >= 6); /* descend four times, start, main */
    check(frames == few + 10);
    return 0;
}
#endif
