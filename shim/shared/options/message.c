/* SPDX-License-Identifier: MIT */
#include "shared/base/text.h"
#include "shared/options/options.h"

#include <string.h>

enum { SHOWN_BYTES = 80 };

size_t mshim_option_escape(char *buffer, size_t size, const char *value) {
    static const char digits[] = "0123456789abcdef";
    static const char ellipsis[] = "...";
    size_t used = 0, whole = 0; /* whole: the longest part after which "..." fits */
    for (; *value; value++) {
        const unsigned char byte = (unsigned char)*value;
        const bool printable = byte >= ' ' && byte < 0x7f && byte != '\\';
        const size_t needed = printable ? 1 : 4;
        if (used + needed + 1 > size) {
            memcpy(buffer + whole, ellipsis, sizeof ellipsis);
            return whole + sizeof ellipsis - 1;
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
        if (used + sizeof ellipsis <= size)
            whole = used;
    }
    buffer[used] = 0;
    return used;
}

static void append_accepted(struct mshim_text *text, const struct mshim_option *row) {
    if (!row->values) {
        mshim_text_append(text, row->accepted);
        return;
    }
    for (const char *const *value = row->values; *value; value++) {
        mshim_text_append(text, value == row->values ? "" : ", ");
        mshim_text_append(text, *value);
    }
}

size_t mshim_option_accepted(char *buffer, size_t size, const struct mshim_option *row, bool with_default) {
    struct mshim_text text = mshim_text_in(buffer, size);
    if (with_default && row->kind == MSHIM_KIND_PATH)
        mshim_text_append(&text, "unset, ");
    append_accepted(&text, row);
    return text.length;
}

size_t mshim_option_refusal(char *buffer, size_t size, const struct mshim_option *row, const char *value,
                            bool going_on) {
    char shown[SHOWN_BYTES];
    struct mshim_text text = mshim_text_in(buffer, size);
    mshim_option_escape(shown, sizeof shown, value);
    mshim_text_append(&text, "mshim: ");
    mshim_text_append(&text, row->variable);
    mshim_text_append(&text, "=");
    mshim_text_append(&text, shown);
    mshim_text_append(&text, " cannot be used; accepted: ");
    append_accepted(&text, row);
    if (going_on) {
        struct mshim_options defaults;
        mshim_options_default(&defaults);
        const char *value_in_force = mshim_option_value(&defaults, row);
        mshim_text_append(&text, value_in_force ? "; going on with " : "; going on without it");
        mshim_text_append(&text, value_in_force ? value_in_force : "");
    }
    mshim_text_append(&text, "\n");
    return text.length;
}
