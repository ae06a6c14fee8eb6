/* SPDX-License-Identifier: MIT */
/* Texts about options, made without an allocation and without printf. */
#include "shared/options/options.h"

#include <string.h>

enum { SHOWN_BYTES = 80 };

struct text {
    char *buffer;
    size_t size, used;
};

static void append(struct text *text, const char *more) {
    for (; *more && text->used + 1 < text->size; more++)
        text->buffer[text->used++] = *more;
    if (text->size > 0)
        text->buffer[text->used] = 0;
}

size_t mshim_option_escape(char *buffer, size_t size, const char *value) {
    static const char digits[] = "0123456789abcdef";
    static const char left_out[] = "...";
    size_t used = 0, whole = 0; /* whole: the longest beginning that leaves room for "..." */
    for (; *value; value++) {
        const unsigned char byte = (unsigned char)*value;
        const bool printable = byte >= ' ' && byte < 0x7f && byte != '\\';
        const size_t needed = printable ? 1 : 4;
        if (used + needed + 1 > size) {
            memcpy(buffer + whole, left_out, sizeof left_out);
            return whole + sizeof left_out - 1;
        }
        if (printable) {
            buffer[used] = (char)byte;
        } else {
            buffer[used] = '\\';
            buffer[used + 1] = 'x';
            buffer[used + 2] = digits[byte >> 4];
            buffer[used + 3] = digits[byte & 15];
        }
        used += needed;
        if (used + sizeof left_out <= size)
            whole = used;
    }
    buffer[used] = 0;
    return used;
}

static void append_accepted(struct text *text, const struct mshim_option *row) {
    if (!row->values) {
        append(text, row->accepted);
        return;
    }
    for (const char *const *value = row->values; *value; value++) {
        append(text, value == row->values ? "" : ", ");
        append(text, *value);
    }
}

size_t mshim_option_accepted(char *buffer, size_t size, const struct mshim_option *row, bool with_default) {
    struct text text = {buffer, size, 0};
    if (with_default && row->kind == MSHIM_KIND_PATH)
        append(&text, "unset, ");
    append_accepted(&text, row);
    return text.used;
}

size_t mshim_option_refusal(char *buffer, size_t size, const struct mshim_option *row, const char *value,
                            bool going_on) {
    char shown[SHOWN_BYTES];
    struct text text = {buffer, size, 0};
    mshim_option_escape(shown, sizeof shown, value);
    append(&text, "mshim: ");
    append(&text, row->variable);
    append(&text, "=");
    append(&text, shown);
    append(&text, " cannot be used; accepted: ");
    append_accepted(&text, row);
    if (going_on) {
        struct mshim_options usual;
        mshim_options_default(&usual);
        const char *value_in_force = mshim_option_value(&usual, row);
        append(&text, value_in_force ? "; going on with " : "; going on without it");
        append(&text, value_in_force ? value_in_force : "");
    }
    append(&text, "\n");
    return text.used;
}
