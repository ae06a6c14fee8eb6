/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>

enum { BYTES = 256 << 10 };

static void *address(void *unused) {
    (void)unused;
    return __builtin_frame_address(0);
}

int main(void) {
    char *stack = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attributes;
    pthread_t thread;
    void *frame = NULL;
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstack(&attributes, stack, BYTES) == 0);
    CHECK(pthread_create(&thread, &attributes, address, NULL) == 0 && pthread_join(thread, &frame) == 0);
    CHECK((char *)frame >= stack && (char *)frame < stack + BYTES);
}
