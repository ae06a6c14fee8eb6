/* SPDX-License-Identifier: MIT */
/* Hand-written code that jumps into the middle of a TLS access, which must stay a call. */
#ifdef LIBRARY
__attribute__((tls_model("global-dynamic"))) static __thread int first __attribute__((used)) = 3;
__attribute__((tls_model("global-dynamic"))) static __thread int second __attribute__((used)) = 4;

int *place_of_first(void), *place_of_second(void);

__asm__(".globl place_of_first, place_of_second\n"
        ".type place_of_first, @function\n"
        ".type place_of_second, @function\n"
        "place_of_first:\n"
        "    .cfi_startproc\n"
        "    subq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .byte 0x66\n"
        "    leaq first@tlsgd(%rip), %rdi\n"
        ".Lcall:\n"
        "    .value 0x6666\n"
        "    rex64 call __tls_get_addr@PLT\n"
        "    addq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    ret\n"
        "    .cfi_endproc\n"
        "    .size place_of_first, . - place_of_first\n"
        "place_of_second:\n"
        "    .cfi_startproc\n"
        "    subq $8, %rsp\n"
        "    .byte 0x66\n"
        "    leaq second@tlsgd(%rip), %rdi\n"
        "    jmp .Lcall\n"
        "    .cfi_endproc\n"
        "    .size place_of_second, . - place_of_second\n");
#else
#include "check.h"

int *place_of_first(void), *place_of_second(void);

int main(void) {
    check(*place_of_first() == 3);
    check(*place_of_second() == 4);
    check(place_of_first() != place_of_second());
    return 0;
}
#endif
