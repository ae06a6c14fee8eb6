/* SPDX-License-Identifier: MIT */
#include "command/relink/eh_frame.h"
#include "command/relink/bytes.h"

#include <string.h>

/* The encodings of addresses that linkers write. */
enum { ABSOLUTE_8 = 0x00, RELATIVE_4 = 0x1b, RELATIVE_8 = 0x1c };

/* A common information entry, or a frame description entry that refers to one. */
struct record {
    const unsigned char *start, *body, *end; /* body: after the length */
};

/* False at the end, which a length of 0 marks. A 64-bit length, which would begin with 0xffffffff, is not
 * supported. */
static bool next_record(const unsigned char *at, const unsigned char *end, struct record *record) {
    if (end - at < 4)
        return false;
    const uint64_t length = mshim_bytes_get(at, 4);
    if (length < 4 || length > (uint64_t)(end - at - 4))
        return false;
    *record = (struct record){at, at + 4, at + 4 + length};
    return true;
}

static bool skip_leb128(const unsigned char **at, const unsigned char *end) {
    while (*at < end)
        if (!(*(*at)++ & 0x80))
            return true;
    return false;
}

/* The encoding of addresses in the frames that refer to this entry; false where it has an unknown form. */
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
    if (at >= common->end || augmentation[0] != 'z' || !skip_leb128(&at, common->end) ||
        !skip_leb128(&at, common->end))
        return false;
    if (byte_register ? at++ >= common->end : !skip_leb128(&at, common->end))
        return false;
    if (!skip_leb128(&at, common->end)) /* the length of the augmentation data */
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

/* Is `bytes` the given ones, followed by DW_CFA_nop up to the end? */
static bool is_padded(const unsigned char *bytes, const unsigned char *end, const void *start, size_t size) {
    if ((size_t)(end - bytes) < size || memcmp(bytes, start, size) != 0)
        return false;
    for (bytes += size; bytes < end; bytes++)
        if (*bytes != 0)
            return false;
    return true;
}

/* Does the common entry say what holds at the beginning of every function, and nothing else? */
static bool is_plain(const struct record *common) {
    static const unsigned char augmentation[] = {1, 'z', 'R', 0, 1, 0x78, 16, 1};
    static const unsigned char instructions[] = {0x0c, 7, 8, 0x90, 1}; /* CFA: rsp + 8; rip: at CFA - 8 */
    const unsigned char *const at = common->body + 4;
    return (size_t)(common->end - at) > sizeof augmentation &&
           memcmp(at, augmentation, sizeof augmentation) == 0 &&
           is_padded(at + sizeof augmentation + 1, common->end, instructions, sizeof instructions);
}

/* `at`: what follows the size. */
static enum mshim_frame_kind kind_of(const struct record *common, const unsigned char *at,
                                     const unsigned char *end) {
    /* no augmentation data; CFA: rsp + 16, from byte 6 on rsp + 24, from byte 16 on
     * rsp + 8 + ((rip & 15) >= 11) * 8, or 9 in place of 11 */
    static const unsigned char leaf[] = {0},
                               lazy_plt[] = {0, 0x0e, 16, 0x46, 0x0e, 24,   0x4a, 0x0f, 11,   0x77,
                                             8, 0x80, 0,  0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22},
                               lazy_ibt_plt[] = {0, 0x0e, 16, 0x46, 0x0e, 24,   0x4a, 0x0f, 11,   0x77,
                                                 8, 0x80, 0,  0x3f, 0x1a, 0x39, 0x2a, 0x33, 0x24, 0x22};
    if (!is_plain(common))
        return MSHIM_FRAME_OTHER;
    if (is_padded(at, end, leaf, sizeof leaf))
        return MSHIM_FRAME_LEAF;
    return is_padded(at, end, lazy_plt, sizeof lazy_plt) ||
                   is_padded(at, end, lazy_ibt_plt, sizeof lazy_ibt_plt)
               ? MSHIM_FRAME_LAZY_PLT
               : MSHIM_FRAME_OTHER;
}

/* `start` and `section` are those of the section. */
static bool read_frame(struct mshim_frame *frame, const struct record *record, const struct record *common,
                       unsigned encoding, const unsigned char *start, const struct mshim_section *section) {
    const unsigned char *const place = record->body + 4;
    const unsigned bytes = encoding == RELATIVE_4 ? 4 : 8;
    if ((encoding != ABSOLUTE_8 && encoding != RELATIVE_4 && encoding != RELATIVE_8) ||
        record->end - place < 2 * (int)bytes)
        return false;
    frame->begin = bytes == 4 ? mshim_bytes_displacement(place) : mshim_bytes_get(place, 8);
    if (encoding != ABSOLUTE_8)
        frame->begin += section->address + (uint64_t)(place - start);
    frame->size = mshim_bytes_get(place + bytes, bytes);
    frame->size_offset = section->offset + (size_t)(place + bytes - start);
    frame->size_bytes = bytes;
    frame->kind = kind_of(common, place + 2 * bytes, record->end);
    frame->is_simple = common->end - common->body > 8 && memcmp(common->body + 5, "zR", sizeof "zR") == 0;
    return true;
}

bool mshim_eh_frame_each(const struct mshim_elf_image *image,
                         bool (*use)(void *context, const struct mshim_frame *frame), void *context,
                         struct mshim_eh_frame *seen) {
    const struct mshim_section *section = mshim_elf_image_section(image, ".eh_frame");
    *seen = (struct mshim_eh_frame){false, true};
    if (!section || section->type == SHT_NOBITS || section->size == 0)
        return true;
    const unsigned char *const start = image->bytes + section->offset, *const end = start + section->size;
    const unsigned char *last_common = NULL;
    struct record record, common = {NULL, NULL, NULL};
    struct mshim_frame frame;
    unsigned encoding = 0;
    seen->whole = false;
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
        if (!read_frame(&frame, &record, &common, encoding, start, section))
            return true;
        if (frame.size > 0 && !use(context, &frame))
            return false;
        seen->any = true;
    }
    seen->whole = true;
    return true;
}
