/* SPDX-License-Identifier: MIT */
#include "command/relink/callees.h"

#include <stdlib.h>
#include <string.h>

static bool is_allocator(const char *name) {
    static const char *const names[] = {
#define MSHIM_FUNCTION(name, sized, help) #name,
#include <mshim/functions.def>
#undef MSHIM_FUNCTION
        "cfree",
    };
    /* operator new and delete, and their arrays */
    if (strncmp(name, "_Znw", 4) == 0 || strncmp(name, "_Zna", 4) == 0 || strncmp(name, "_Zdl", 4) == 0 ||
        strncmp(name, "_Zda", 4) == 0)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool is_defined(const Elf64_Sym *symbol) {
    return symbol->st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol->st_info) != STB_LOCAL;
}

static enum mshim_binding binding_of(const struct mshim_elf_image *image, const Elf64_Sym *symbol,
                                     const char *name) {
    size_t offset;
    if (symbol->st_shndx == SHN_UNDEF)
        return MSHIM_BINDING_EXTERNAL;
    if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC)
        return MSHIM_BINDING_IFUNC;
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx >= SHN_LORESERVE ||
        !mshim_elf_image_executable(image, symbol->st_value) ||
        !mshim_elf_image_offset(image, symbol->st_value, 1, &offset))
        return MSHIM_BINDING_UNKNOWN;
    if (is_allocator(name))
        return MSHIM_BINDING_ALLOCATOR;
    return ELF64_ST_BIND(symbol->st_info) == STB_GLOBAL ? MSHIM_BINDING_OWN
           : ELF64_ST_BIND(symbol->st_info) == STB_WEAK ? MSHIM_BINDING_WEAK
                                                        : MSHIM_BINDING_UNKNOWN;
}

/* musl has no qsort_r. */
static const struct mshim_callees *sorted;

static int by_name(const void *a, const void *b) {
    return strcmp(sorted->callee[*(const uint32_t *)a].name, sorted->callee[*(const uint32_t *)b].name);
}

/* The index in by_name of the first that does not sort before `name`. */
static size_t first_of(const struct mshim_callees *callees, const char *name) {
    size_t low = 0, high = callees->defined;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(callees->callee[callees->by_name[middle]].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool mshim_callees_read(struct mshim_callees *callees, const struct mshim_elf_image *image,
                        struct mshim_reason *reason) {
    const size_t count = image->symbol_count;
    *callees = (struct mshim_callees){NULL, NULL, count, 0};
    if (count > UINT32_MAX)
        return mshim_refuse(reason, "it has %zu dynamic symbols", count);
    callees->callee = malloc((count + 1) * sizeof *callees->callee);
    callees->by_name = calloc(count + 1, sizeof *callees->by_name);
    if (!callees->callee || !callees->by_name)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < count; i++) {
        Elf64_Sym symbol;
        mshim_elf_image_symbol(image, i, &symbol);
        const char *const name = mshim_elf_image_string(image, symbol.st_name);
        if (!name)
            return mshim_refuse(reason, "the name of dynamic symbol %zu is not in the string table", i);
        callees->callee[i] =
            (struct mshim_callee){name, symbol.st_value, binding_of(image, &symbol, name), 0};
        if (is_defined(&symbol))
            callees->by_name[callees->defined++] = (uint32_t)i;
    }
    sorted = callees;
    qsort(callees->by_name, callees->defined, sizeof *callees->by_name, by_name);
    return true;
}

void mshim_callees_drop(struct mshim_callees *callees) {
    free(callees->callee);
    free(callees->by_name);
    *callees = (struct mshim_callees){0};
}

void mshim_callees_compare_own(struct mshim_callees *callees) {
    for (size_t i = 1; i < callees->defined; i++) {
        struct mshim_callee *const one = &callees->callee[callees->by_name[i - 1]];
        struct mshim_callee *const next = &callees->callee[callees->by_name[i]];
        if (strcmp(one->name, next->name) == 0)
            one->binding = next->binding = MSHIM_BINDING_VERSIONED;
    }
}

void mshim_callees_compare(struct mshim_callees *callees, const struct mshim_elf_image *other) {
    for (size_t i = 0; i < other->symbol_count; i++) {
        Elf64_Sym symbol;
        mshim_elf_image_symbol(other, i, &symbol);
        const char *const name = mshim_elf_image_string(other, symbol.st_name);
        if (!name || !is_defined(&symbol))
            continue;
        for (size_t j = first_of(callees, name); j < callees->defined; j++) {
            struct mshim_callee *const callee = &callees->callee[callees->by_name[j]];
            if (strcmp(callee->name, name) != 0)
                break;
            if (callee->binding == MSHIM_BINDING_OWN)
                callee->binding = MSHIM_BINDING_DUPLICATE;
        }
    }
}
