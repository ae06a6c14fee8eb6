/* SPDX-License-Identifier: MIT */
/*
 * The local-dynamic TLS access of GCC 13 and newer, 12 bytes long. With OTHERS, one of another library's
 * variable keeps __tls_get_addr in use, so that its PLT entry must stay; with PADDING, there is space after a
 * function; with POINTER, something else refers to the PLT entry.
 */
#ifdef LIBRARY
__attribute__((visibility("hidden"))) __thread long first = 11;
__attribute__((visibility("hidden"))) __thread long second;

/* NAME: the address of a variable. Only rax and rdi change; r8 to r11 would be free to. */
#define PLACE(name, variable)                                                                                \
    __asm__(".text\n"                                                                                        \
            ".globl " name "\n"                                                                              \
            ".type " name ", @function\n" name ":\n"                                                         \
            "    .cfi_startproc\n"                                                                           \
            "    subq $8, %rsp\n"                                                                            \
            "    .cfi_adjust_cfa_offset 8\n"                                                                 \
            "    leaq " variable "@tlsld(%rip), %rdi\n"                                                      \
            "    call __tls_get_addr@PLT\n"                                                                  \
            "    leaq " variable "@dtpoff(%rax), %rax\n"                                                     \
            "    addq $8, %rsp\n"                                                                            \
            "    .cfi_adjust_cfa_offset -8\n"                                                                \
            "    ret\n"                                                                                      \
            "    .cfi_endproc\n"                                                                             \
            "    .size " name ", . - " name "\n")

PLACE("place_of_first", "first");
PLACE("place_of_second", "second");

/* One access for two variables, and a load straight after the call. */
__asm__(".globl sum\n"
        ".type sum, @function\n"
        "sum:\n"
        "    .cfi_startproc\n"
        "    pushq %rbx\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset rbx, 0\n"
        "    movq %rdi, %rbx\n"
        "    leaq first@tlsld(%rip), %rdi\n"
        "    call __tls_get_addr@PLT\n"
        "    movq first@dtpoff(%rax), %rdx\n"
        "    addq %rdx, %rbx\n"
        "    addq second@dtpoff(%rax), %rbx\n"
        "    movq %rbx, %rax\n"
        "    popq %rbx\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore rbx\n"
        "    ret\n"
        "    .cfi_endproc\n"
        "    .size sum, . - sum\n");

#ifdef PADDING
__asm__(".p2align 6\n"
        ".globl leaf\n"
        ".type leaf, @function\n"
        "leaf:\n"
        "    .cfi_startproc\n"
        "    leaq 1(%rdi), %rax\n"
        "    ret\n"
        "    .cfi_endproc\n"
        "    .size leaf, . - leaf\n"
        "    .p2align 6\n"
        /* Most of the code is in the unwind table, as it is of what a compiler makes. */
        ".globl large\n"
        ".type large, @function\n"
        "large:\n"
        "    .cfi_startproc\n"
        "    .fill 1000, 1, 0x90\n"
        "    ret\n"
        "    .cfi_endproc\n"
        "    .size large, . - large\n");
#endif

#ifdef OTHERS
__attribute__((tls_model("global-dynamic"))) extern __thread long others;

long *place_of_others(void) {
    return &others;
}
#endif

#ifdef POINTER
__asm__(".globl pointer\n"
        ".type pointer, @function\n"
        "pointer:\n"
        "    .cfi_startproc\n"
        "    leaq __tls_get_addr@PLT(%rip), %rax\n"
        "    ret\n"
        "    .cfi_endproc\n"
        "    .size pointer, . - pointer\n");
#endif
#else
#include "check.h"
#include <pthread.h>
#include <stddef.h>

long *place_of_first(void), *place_of_second(void), sum(long);
__attribute__((weak)) long *place_of_others(void), leaf(long);
__thread long others = 33;

static void *thread(void *argument) {
    const long by = (long)argument;
    check(*place_of_first() == 11 && *place_of_second() == 0);
    *place_of_first() += by;
    *place_of_second() = 2 * by;
    check(sum(100) == 111 + 3 * by);
    check(!leaf || leaf(by) == by + 1);
    check(!place_of_others || *place_of_others() == 33);
    if (place_of_others)
        *place_of_others() = by;
    check(others == (place_of_others ? by : 33));
    return place_of_first();
}

int main(void) {
    pthread_t threads[4];
    void *places[4];
    check(thread((void *)5L) == place_of_first());
    for (long i = 0; i < 4; i++)
        check(pthread_create(&threads[i], NULL, thread, (void *)(i + 10)) == 0);
    for (int i = 0; i < 4; i++)
        check(pthread_join(threads[i], &places[i]) == 0 && places[i] != place_of_first());
    check(*place_of_first() == 16 && *place_of_second() == 10);
    return 0;
}
#endif
