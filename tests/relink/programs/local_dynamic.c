/* SPDX-License-Identifier: MIT */
/*
 * The local-dynamic TLS access of GCC 13 and newer, 12 bytes long. With OTHERS, one of another library's
 * variable keeps __tls_get_addr in use, so that its PLT entry must stay; with PADDING, there is space after a
 * function; with POINTER, something else refers to the PLT entry; with ENTERED, there are jumps to behind the
 * call.
 */
#ifdef LIBRARY
__attribute__((visibility("hidden"))) __thread long first = 11;
__attribute__((visibility("hidden"))) __thread long second;

#define FUNCTION(name, ...)                                                                                  \
    __asm__(".text\n"                                                                                        \
            ".globl " name "\n"                                                                              \
            ".type " name ", @function\n" name ":\n"                                                         \
            "    .cfi_startproc\n" __VA_ARGS__ "    .cfi_endproc\n"                                          \
            "    .size " name ", . - " name "\n")

#define BEGIN                                                                                                \
    "    subq $8, %rsp\n"                                                                                    \
    "    .cfi_adjust_cfa_offset 8\n"
#define ACCESS                                                                                               \
    "    leaq first@tlsld(%rip), %rdi\n"                                                                     \
    "    call __tls_get_addr@PLT\n"
#define END                                                                                                  \
    "    addq $8, %rsp\n"                                                                                    \
    "    .cfi_adjust_cfa_offset -8\n"                                                                        \
    "    ret\n"

/* With a displacement that can be shorter, */
FUNCTION("place_of_first", BEGIN ACCESS "    leaq first@dtpoff(%rax), %rax\n" END);
/* and without one. */
FUNCTION("place_of_second", BEGIN ACCESS "    addq $second@dtpoff, %rax\n" END);

/* One access for two variables, and an instruction before they are read, which moves. */
FUNCTION("sum", "    pushq %rbx\n"
                "    .cfi_adjust_cfa_offset 8\n"
                "    .cfi_rel_offset rbx, 0\n"
                "    movq %rdi, %rbx\n" ACCESS "    addq shift(%rip), %rbx\n"
                "    movq first@dtpoff(%rax), %rdx\n"
                "    addq %rdx, %rbx\n"
                "    addq second@dtpoff(%rax), %rbx\n"
                "    movq %rbx, %rax\n"
                "    popq %rbx\n"
                "    .cfi_adjust_cfa_offset -8\n"
                "    .cfi_restore rbx\n"
                "    ret\n");
__attribute__((visibility("hidden"), used)) long shift = 1000;

#ifdef ENTERED
/* The instruction behind the call is reached by a jump, by a table and by a pointer, with rax = rsi. */
FUNCTION("by_jump", BEGIN "    movq %rsi, %rax\n"
                          "    testq %rdi, %rdi\n"
                          "    jne 1f\n" ACCESS "1:  movq first@dtpoff(%rax), %rax\n" END);
FUNCTION("by_table", BEGIN "    movq %rsi, %rax\n"
                           "    leaq 3f(%rip), %rdx\n"
                           "    movslq (%rdx,%rdi,4), %rcx\n"
                           "    addq %rdx, %rcx\n"
                           "    jmp *%rcx\n"
                           "2:\n" ACCESS "1:  movq first@dtpoff(%rax), %rax\n" END "    .section .rodata\n"
                           "    .p2align 2\n"
                           "3:  .long 2b - 3b, 1b - 3b\n"
                           "    .text\n");
FUNCTION("by_pointer",
         BEGIN ACCESS "1:  movq first@dtpoff(%rax), %rax\n" END "    .section .data.rel.ro, \"aw\"\n"
                      "pointer_into_by_pointer: .quad 1b\n"
                      "    .text\n");
FUNCTION("through_pointer", BEGIN "    movq %rsi, %rax\n"
                                  "    jmp *pointer_into_by_pointer(%rip)\n");
#endif

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
__attribute__((weak)) long by_jump(long, void *), by_table(long, void *), by_pointer(long, void *),
    through_pointer(long, void *);
__thread long others = 33;

static void *thread(void *argument) {
    const long by = (long)argument;
    check(*place_of_first() == 11 && *place_of_second() == 0);
    *place_of_first() += by;
    *place_of_second() = 2 * by;
    check(sum(100) == 1111 + 3 * by);
    long (*const entered[])(long, void *) = {by_jump, by_table, by_pointer, through_pointer};
    for (int i = 0; i < 4 && by_jump; i++)
        check(entered[i](i == 3, i == 3 ? place_of_first() : NULL) == 11 + by &&
              entered[i](i != 2, place_of_first()) == 11 + by);
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
