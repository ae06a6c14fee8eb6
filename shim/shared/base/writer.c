/* SPDX-License-Identifier: MIT */
#include "shared/base/writer.h"

#include "shared/base/clock.h"
#include "shared/base/decimal.h"
#include "shared/base/system_calls.h"
#include "shared/base/utf8.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool mshim_writer_flush(struct mshim_writer *writer) {
    size_t done = 0;
    while (done < writer->used && !writer->failed) {
        const ssize_t wrote = mshim_write(writer->fd, writer->buffer + done, writer->used - done);
        if (wrote > 0)
            done += (size_t)wrote;
        else if (wrote == 0 || errno != EINTR)
            writer->failed = true;
    }
    writer->used = 0;
    return !writer->failed;
}

void mshim_write_bytes(struct mshim_writer *writer, const char *bytes, size_t count) {
    while (count > 0) {
        if (writer->used == sizeof writer->buffer)
            mshim_writer_flush(writer);
        const size_t left = sizeof writer->buffer - writer->used;
        const size_t part = count < left ? count : left;
        memcpy(writer->buffer + writer->used, bytes, part);
        writer->used += part;
        bytes += part;
        count -= part;
    }
}

void mshim_write_text(struct mshim_writer *writer, const char *text) {
    mshim_write_bytes(writer, text, strlen(text));
}

void mshim_write_visible(struct mshim_writer *writer, const char *text) {
    while (*text) {
        const unsigned length = mshim_visible_length(text);
        mshim_write_bytes(writer, length > 0 ? text : "?", length > 0 ? length : 1);
        text += length > 0 ? length : 1;
    }
}

static void pad(struct mshim_writer *writer, size_t used, unsigned width) {
    for (; used < width; used++)
        mshim_write_bytes(writer, " ", 1);
}

void mshim_write_padded(struct mshim_writer *writer, uint64_t number, unsigned width) {
    char buffer[MSHIM_DECIMAL_BYTES];
    const char *digits = mshim_decimal(number, buffer);
    pad(writer, strlen(digits), width);
    mshim_write_text(writer, digits);
}

void mshim_write_number(struct mshim_writer *writer, uint64_t number) {
    mshim_write_padded(writer, number, 0);
}

void mshim_write_column(struct mshim_writer *writer, const char *text, unsigned width) {
    mshim_write_text(writer, text);
    pad(writer, strlen(text), width);
}

/* A decimal point and `number` with leading zeros. */
static void write_decimals(struct mshim_writer *writer, uint64_t number, unsigned digits) {
    char text[16] = {'.'};
    for (unsigned i = digits; i > 0; i--, number /= 10)
        text[i] = (char)('0' + number % 10);
    mshim_write_bytes(writer, text, digits + 1);
}

void mshim_write_seconds(struct mshim_writer *writer, uint64_t nanoseconds) {
    mshim_write_number(writer, nanoseconds / MSHIM_NS_PER_SECOND);
    write_decimals(writer, nanoseconds / MSHIM_NS_PER_MILLISECOND % 1000, 3);
}

void mshim_write_nanoseconds(struct mshim_writer *writer, uint64_t nanoseconds) {
    mshim_write_number(writer, nanoseconds / MSHIM_NS_PER_SECOND);
    write_decimals(writer, nanoseconds % MSHIM_NS_PER_SECOND, 9);
}

void mshim_write_share(struct mshim_writer *writer, uint64_t part, uint64_t whole) {
    const unsigned __int128 exact = ((unsigned __int128)part * 10000 + whole / 2) / whole;
    const uint64_t share = exact < 10000 ? (uint64_t)exact : 10000;
    mshim_write_number(writer, share / 10000);
    write_decimals(writer, share % 10000, 4);
}

/* How many bytes stand as they are within quotes. */
static size_t plain_bytes(const char *text) {
    const char *at = text;
    while (*at && *at != '"' && *at != '\\' && mshim_visible_length(at) > 0)
        at += mshim_visible_length(at);
    return (size_t)(at - text);
}

/* `escape` writes what is neither plain nor '"' or '\': a control character, or a byte that is no character.
 */
static void write_within_quotes(struct mshim_writer *writer, const char *text,
                                void (*escape)(struct mshim_writer *writer, uint32_t character)) {
    mshim_write_bytes(writer, "\"", 1);
    while (*text) {
        const size_t plain = plain_bytes(text);
        mshim_write_bytes(writer, text, plain);
        text += plain;
        const unsigned length = mshim_utf8_length(text);
        if (*text == '"' || *text == '\\') {
            mshim_write_bytes(writer, (const char[]){'\\', *text++}, 2);
        } else if (*text) {
            escape(writer, length > 0 ? mshim_utf8_character(text, length) : (unsigned char)*text);
            text += length > 0 ? length : 1;
        }
    }
    mshim_write_bytes(writer, "\"", 1);
}

static void escape_for_json(struct mshim_writer *writer, uint32_t character) {
    static const char hex[] = "0123456789abcdef";
    const char escaped[6] = {'\\',
                             'u',
                             hex[character >> 12 & 15],
                             hex[character >> 8 & 15],
                             hex[character >> 4 & 15],
                             hex[character & 15]};
    mshim_write_bytes(writer, escaped, sizeof escaped);
}

void mshim_write_quoted(struct mshim_writer *writer, const char *text) {
    write_within_quotes(writer, text, escape_for_json);
}

static void escape_for_prometheus(struct mshim_writer *writer, uint32_t character) {
    mshim_write_text(writer, character == '\n' ? "\\n" : "?");
}

void mshim_write_label(struct mshim_writer *writer, const char *text) {
    write_within_quotes(writer, text, escape_for_prometheus);
}
