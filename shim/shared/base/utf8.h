/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_UTF8_H
#define MSHIM_SHARED_BASE_UTF8_H

/* Text of unknown origin for terminals: which bytes are characters, and which of these are commands. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the well-formed UTF-8 sequence (RFC 3629) at `text`, which ends with a NUL; 0 if there is none.
 */
static inline unsigned mshim_utf8_length(const char *text) {
    const unsigned char *const at = (const unsigned char *)text;
    const unsigned length = at[0] < 0x80   ? 1
                            : at[0] < 0xc2 ? 0
                            : at[0] < 0xe0 ? 2
                            : at[0] < 0xf0 ? 3
                            : at[0] < 0xf5 ? 4
                                           : 0;
    for (unsigned i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    const bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    const bool no_character = (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf4 && at[1] > 0x8f);
    return overlong || no_character ? 0 : length;
}

/* The character of a well-formed sequence. */
static inline uint32_t mshim_utf8_character(const char *text, unsigned length) {
    const unsigned char *const at = (const unsigned char *)text;
    uint32_t character = length == 1 ? at[0] : at[0] & (0x7fu >> length);
    for (unsigned i = 1; i < length; i++)
        character = character << 6 | (at[i] & 0x3f);
    return character;
}

/* Controls of ISO 6429, which a terminal obeys, and those that change the direction of text or end a line. */
static inline bool mshim_is_control(uint32_t character) {
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) ||
           (character >= 0x2028 && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

/* Length of what may be shown at `text`; 0 where the first byte is to be replaced: it is no character, or
 * begins a control character. */
static inline unsigned mshim_visible_length(const char *text) {
    const unsigned length = mshim_utf8_length(text);
    return length > 0 && mshim_is_control(mshim_utf8_character(text, length)) ? 0 : length;
}

/* Replaces in place each byte that may not be shown by '?'. */
static inline void mshim_make_visible(char *text) {
    while (*text) {
        const unsigned length = mshim_visible_length(text);
        if (length == 0)
            *text = '?';
        text += length > 0 ? length : 1;
    }
}

#endif
