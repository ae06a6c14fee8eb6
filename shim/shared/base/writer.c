/* SPDX-License-Identifier: MIT */
#include "shared/base/writer.h"

#include "shared/base/clock.h"
#include "shared/base/decimal.h"
#include "shared/base/system_calls.h"

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
    for (; *text; text++)
        mshim_write_bytes(writer, (unsigned char)*text < ' ' || *text == 0x7f ? "?" : text, 1);
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

/* Length of the well-formed UTF-8 sequence (RFC 3629) at `text`, 0 if there is none. */
static unsigned utf8_length(const unsigned char *text) {
    const unsigned length = text[0] < 0x80   ? 1
                            : text[0] < 0xc2 ? 0
                            : text[0] < 0xe0 ? 2
                            : text[0] < 0xf0 ? 3
                            : text[0] < 0xf5 ? 4
                                             : 0;
    for (unsigned i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    const bool overlong = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xf0 && text[1] < 0x90);
    const bool no_character = (text[0] == 0xed && text[1] > 0x9f) || (text[0] == 0xf4 && text[1] > 0x8f);
    return overlong || no_character ? 0 : length;
}

/* The number of bytes that need no escape within quotes. */
static size_t plain_bytes(const char *text) {
    const unsigned char *at = (const unsigned char *)text;
    while (*at >= 0x20 && *at != '"' && *at != '\\' && utf8_length(at) > 0)
        at += utf8_length(at);
    return (size_t)((const char *)at - text);
}

/* `escape` writes bytes that need an escape, but for '"' and '\'. */
static void write_within_quotes(struct mshim_writer *writer, const char *text,
                                void (*escape)(struct mshim_writer *writer, char byte)) {
    mshim_write_bytes(writer, "\"", 1);
    while (*text) {
        const size_t plain = plain_bytes(text);
        mshim_write_bytes(writer, text, plain);
        text += plain;
        if (*text == '"' || *text == '\\')
            mshim_write_bytes(writer, (const char[]){'\\', *text++}, 2);
        else if (*text)
            escape(writer, *text++);
    }
    mshim_write_bytes(writer, "\"", 1);
}

static void escape_for_json(struct mshim_writer *writer, char byte) {
    static const char hex[] = "0123456789abcdef";
    const char escaped[6] = {'\\', 'u', '0', '0', hex[(unsigned char)byte >> 4], hex[byte & 15]};
    mshim_write_bytes(writer, escaped, sizeof escaped);
}

void mshim_write_quoted(struct mshim_writer *writer, const char *text) {
    write_within_quotes(writer, text, escape_for_json);
}

static void escape_for_prometheus(struct mshim_writer *writer, char byte) {
    mshim_write_text(writer, byte == '\n' ? "\\n" : "?");
}

void mshim_write_label(struct mshim_writer *writer, const char *text) {
    write_within_quotes(writer, text, escape_for_prometheus);
}
