/* SPDX-License-Identifier: MIT */
#include "command/relink/functions.h"

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

static enum mshim_standing standing_of(const struct mshim_image *image, const Elf64_Sym *symbol,
                                       const char *name) {
    size_t offset;
    if (symbol->st_shndx == SHN_UNDEF)
        return MSHIM_FOREIGN;
    if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC)
        return MSHIM_CHOSEN;
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx >= SHN_LORESERVE ||
        !mshim_image_executable(image, symbol->st_value) ||
        !mshim_image_offset(image, symbol->st_value, 1, &offset))
        return MSHIM_UNKNOWN;
    if (is_allocator(name))
        return MSHIM_ALLOCATOR;
    return ELF64_ST_BIND(symbol->st_info) == STB_GLOBAL ? MSHIM_OWN
           : ELF64_ST_BIND(symbol->st_info) == STB_WEAK ? MSHIM_WEAK
                                                        : MSHIM_UNKNOWN;
}

/* musl has no qsort_r. */
static const struct mshim_functions *sorted;

static int by_name(const void *a, const void *b) {
    return strcmp(sorted->function[*(const uint32_t *)a].name, sorted->function[*(const uint32_t *)b].name);
}

/* The first in by_name that is not before `name`. */
static size_t first_of(const struct mshim_functions *functions, const char *name) {
    size_t low = 0, high = functions->defined;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(functions->function[functions->by_name[middle]].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool mshim_functions_read(struct mshim_functions *functions, const struct mshim_image *image,
                          struct mshim_reason *reason) {
    const size_t count = image->symbol_count;
    *functions = (struct mshim_functions){NULL, NULL, count, 0};
    if (count > UINT32_MAX)
        return mshim_refuse(reason, "it has %zu dynamic symbols", count);
    functions->function = malloc((count + 1) * sizeof *functions->function);
    functions->by_name = calloc(count + 1, sizeof *functions->by_name);
    if (!functions->function || !functions->by_name)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < count; i++) {
        Elf64_Sym symbol;
        mshim_image_symbol(image, i, &symbol);
        const char *const name = mshim_image_string(image, symbol.st_name);
        if (!name)
            return mshim_refuse(reason, "the name of dynamic symbol %zu is not in the table of names", i);
        functions->function[i] =
            (struct mshim_function){name, symbol.st_value, standing_of(image, &symbol, name), 0};
        if (is_defined(&symbol))
            functions->by_name[functions->defined++] = (uint32_t)i;
    }
    sorted = functions;
    qsort(functions->by_name, functions->defined, sizeof *functions->by_name, by_name);
    return true;
}

void mshim_functions_drop(struct mshim_functions *functions) {
    free(functions->function);
    free(functions->by_name);
    *functions = (struct mshim_functions){0};
}

void mshim_functions_compare_own(struct mshim_functions *functions) {
    for (size_t i = 1; i < functions->defined; i++) {
        struct mshim_function *const one = &functions->function[functions->by_name[i - 1]];
        struct mshim_function *const next = &functions->function[functions->by_name[i]];
        if (strcmp(one->name, next->name) == 0)
            one->standing = next->standing = MSHIM_VERSIONS;
    }
}

void mshim_functions_compare(struct mshim_functions *functions, const struct mshim_image *other) {
    for (size_t i = 0; i < other->symbol_count; i++) {
        Elf64_Sym symbol;
        mshim_image_symbol(other, i, &symbol);
        const char *const name = mshim_image_string(other, symbol.st_name);
        if (!name || !is_defined(&symbol))
            continue;
        for (size_t j = first_of(functions, name); j < functions->defined; j++) {
            struct mshim_function *const function = &functions->function[functions->by_name[j]];
            if (strcmp(function->name, name) != 0)
                break;
            if (function->standing == MSHIM_OWN)
                function->standing = MSHIM_SHARED;
        }
    }
}
