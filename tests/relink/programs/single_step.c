/* SPDX-License-Identifier: MIT */
/* The stack can be unwound from every instruction of a library's TLS accesses: it is called step by step. */
#define _GNU_SOURCE
#include "check.h"
#include <alloca.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <unwind.h>

enum { TRAP_FLAG = 0x100, MOST_FRAMES = 50 };

#ifdef OTHERS
__thread long others; /* which the library asks for */
#endif

long *place_of_first(void), *place_of_second(void), sum(long);

static uintptr_t library_begin, library_end;
static volatile int steps, reached_main, frames;

int main(void);

static int find_library(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size;
    (void)unused;
    if (!strstr(info->dlpi_name, "libcase.so"))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
            library_begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            library_end = library_begin + info->dlpi_phdr[i].p_memsz;
        }
    return 1;
}

static _Unwind_Reason_Code frame(struct _Unwind_Context *context, void *unused) {
    (void)unused;
    reached_main += (uintptr_t)_Unwind_GetRegionStart(context) == (uintptr_t)main;
    return ++frames > MOST_FRAMES ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static void step(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)info;
    const uintptr_t at = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    if (at < library_begin || at >= library_end)
        return;
    steps++;
    frames = reached_main = 0;
    _Unwind_Backtrace(frame, NULL);
    if (reached_main != 1) {
        fprintf(stderr, "step %d, at 0x%lx of the library: main is not reached\n", steps,
                (unsigned long)(at - library_begin));
        _Exit(1);
    }
}

/* Sets or clears the trap flag, so that each instruction from the next on is followed by a signal. */
#define STEP_BY_STEP(operation)                                                                              \
    __asm__ volatile("subq $128, %%rsp\n pushfq\n " operation ", (%%rsp)\n popfq\n addq $128, %%rsp"         \
                     :                                                                                       \
                     : "i"(TRAP_FLAG), "i"(~TRAP_FLAG)                                                       \
                     : "memory", "cc")

int main(void) {
    volatile char *const block = alloca((size_t)steps + 64); /* the frame is found by rbp */
    struct sigaction action = {.sa_sigaction = step, .sa_flags = SA_SIGINFO};
    block[0] = 0;
    check(*place_of_first() == 11);
    dl_iterate_phdr(find_library, NULL);
    check(library_end > library_begin);
    check(sigaction(SIGTRAP, &action, NULL) == 0);
    STEP_BY_STEP("orq %0");
    long *const place = place_of_second();
    const long found = sum(100);
    STEP_BY_STEP("andq %1");
    check(place == place_of_second() && found == 1111);
    check(steps > 12);
    printf("%d\n", steps);
    return 0;
}
