/* SPDX-License-Identifier: MIT */
#include "command/relink/bytes.h"
#include "command/relink/extents.h"

#include <string.h>

/* How .eh_frame writes addresses (Linux Standard Base, "Exception Frames"); linkers make these three. */
enum { ABSOLUTE_8 = 0x00, RELATIVE_4 = 0x1b, RELATIVE_8 = 0x1c };

/* A record: one that others refer to, with how they write addresses, or one of a function. */
struct record {
    const unsigned char *start, *body, *end; /* body: behind the length */
};

static bool next_record(const unsigned char *at, const unsigned char *end, struct record *record) {
    if (end - at < 4)
        return false;
    const uint64_t length = mshim_bytes_get(at, 4);
    if (length < 4 ||
        length > (uint64_t)(end - at - 4)) /* 0 ends the section; 0xffffffff would be a longer length */
        return false;
    *record = (struct record){at, at + 4, at + 4 + length};
    return true;
}

static bool skip_number(const unsigned char **at, const unsigned char *end) {
    while (*at < end)
        if (!(*(*at)++ & 0x80))
            return true;
    return false;
}

/* The encoding of addresses in the records that refer to this one; false where it cannot be told. */
static bool read_encoding(const struct record *common, unsigned *encoding) {
    const unsigned char *at = common->body + 4;
    if (common->end - at < 2 || mshim_bytes_get(common->body, 4) != 0 || (at[0] != 1 && at[0] != 3))
        return false;
    const bool byte_register = *at++ == 1;
    const char *const augmentation = (const char *)at;
    const size_t length = strnlen(augmentation, (size_t)(common->end - at));
    *encoding = ABSOLUTE_8;
    if (length == 0)
        return true;
    at += length + 1;
    if (at >= common->end || augmentation[0] != 'z' || !skip_number(&at, common->end) ||
        !skip_number(&at, common->end))
        return false;
    if (byte_register ? at++ >= common->end : !skip_number(&at, common->end))
        return false;
    if (!skip_number(&at, common->end)) /* the length of what follows */
        return false;
    for (const char *kind = augmentation + 1; *kind; kind++) {
        if (*kind == 'S' || *kind == 'B')
            continue;
        if (at >= common->end)
            return false;
        const unsigned value = *at++;
        if (*kind == 'R') {
            *encoding = value;
            return true;
        }
        const unsigned size = (value & 0x0f) == 0x00 || (value & 0x07) == 0x04 ? 8
                              : (value & 0x07) == 0x03                         ? 4
                                                                               : 2;
        if (*kind == 'P' && common->end - at > (int)size)
            at += size;
        else if (*kind != 'L')
            return false;
    }
    return true;
}

static bool add_function(struct mshim_extents *extents, const struct record *record, uint64_t address,
                         unsigned encoding, bool *known) {
    const unsigned char *const place = record->body + 4;
    const unsigned bytes = encoding == RELATIVE_4 ? 4 : 8;
    *known = (encoding == ABSOLUTE_8 || encoding == RELATIVE_4 || encoding == RELATIVE_8) &&
             record->end - place >= 2 * (int)bytes;
    if (!*known)
        return true;
    uint64_t begin = bytes == 4 ? mshim_bytes_distance(place) : mshim_bytes_get(place, 8);
    if (encoding != ABSOLUTE_8)
        begin += address;
    const uint64_t size = mshim_bytes_get(place + bytes, bytes);
    return size == 0 || mshim_extents_add(extents, begin, size);
}

bool mshim_extents_unwinding(struct mshim_extents *extents, const struct mshim_image *image) {
    const struct mshim_section *section = mshim_image_section(image, ".eh_frame");
    if (!section || section->type == SHT_NOBITS || section->size == 0)
        return true;
    const unsigned char *const start = image->bytes + section->offset, *const end = start + section->size;
    struct record record, common;
    const unsigned char *last_common = NULL;
    unsigned encoding = 0;
    bool known = true;
    for (const unsigned char *at = start; next_record(at, end, &record); at = record.end) {
        const uint64_t back = mshim_bytes_get(record.body, 4);
        if (back == 0)
            continue;
        if (back > (uint64_t)(record.body - start))
            return true;
        if (record.body - back != last_common) {
            last_common = record.body - back;
            if (!next_record(last_common, end, &common) || !read_encoding(&common, &encoding))
                return true;
        }
        const uint64_t address = section->address + (uint64_t)(record.body + 4 - start);
        if (!add_function(extents, &record, address, encoding, &known))
            return false;
        if (!known)
            return true;
        extents->complete = true;
    }
    return true;
}
