/* SPDX-License-Identifier: MIT */
#include "command/relink/undo_apply.h"
#include "command/relink/bytes.h"
#include "command/relink/edits.h"
#include "command/relink/sorted.h"
#include "command/relink/tls_sequences.h"
#include "command/relink/undo_format.h"

#include <stdlib.h>
#include <string.h>

/* Neither the file nor the undo data can be trusted: every number is checked before it is used. */
struct reader {
    const unsigned char *at, *end;
    bool broken;
    const struct mshim_elf_image *image;
};

static uint64_t get(struct reader *reader) {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (reader->at == reader->end)
            break;
        const unsigned char byte = *reader->at++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return number;
    }
    reader->broken = true;
    return 0;
}

static uint64_t get_signed(struct reader *reader) {
    const uint64_t number = get(reader);
    return number >> 1 ^ (number & 1 ? UINT64_MAX : 0);
}

/* The number of items that follow, of at least `min_bytes` each. */
static uint64_t get_count(struct reader *reader, size_t min_bytes) {
    const uint64_t count = get(reader);
    if (count > (uint64_t)(reader->end - reader->at) / min_bytes)
        reader->broken = true;
    return reader->broken ? 0 : count;
}

/* The next place in a list of file offsets; NULL if its `size` bytes are not in the file. */
static unsigned char *get_place(struct reader *reader, uint64_t *last, size_t size) {
    *last += get(reader);
    if (*last > reader->image->size || size > reader->image->size - *last)
        reader->broken = true;
    return reader->broken ? NULL : reader->image->bytes + *last;
}

struct function {
    uint64_t address, entry;
};

static const struct function *find(const struct function *list, size_t count, uint64_t address) {
    const size_t at = mshim_sorted_from(list, count, sizeof *list, address);
    return at < count && list[at].address == address ? &list[at] : NULL;
}

static void undo_calls(struct reader *reader) {
    const size_t count = get_count(reader, 2);
    struct function *const list = calloc(count + 1, sizeof *list), before = {0, 0};
    if (!list) {
        reader->broken = true;
        return;
    }
    for (size_t i = 0; i < count && !reader->broken; i++) {
        before.address += get(reader);
        before.entry += get_signed(reader);
        list[i] = before;
    }
    uint64_t last = 0, address;
    for (uint64_t calls = get_count(reader, 1); calls > 0 && !reader->broken; calls--) {
        unsigned char *const place = get_place(reader, &last, MSHIM_DISPLACEMENT_BYTES);
        if (!place || !mshim_elf_image_address(reader->image, last, &address)) {
            reader->broken = true;
            break;
        }
        const uint64_t end = address + MSHIM_DISPLACEMENT_BYTES;
        const struct function *function = find(list, count, end + mshim_bytes_displacement(place));
        if (function)
            mshim_bytes_put(place, function->entry - end, MSHIM_DISPLACEMENT_BYTES);
        reader->broken |= !function;
    }
    free(list);
}

static void undo_tls_access(const struct mshim_tls_sequence *sequence, unsigned char *place, uint64_t address,
                            uint64_t target) {
    const unsigned size = mshim_tls_sequence_bytes(sequence),
                   load_end = sequence->load_bytes + MSHIM_DISPLACEMENT_BYTES;
    const uint64_t index = address + size + mshim_bytes_displacement(place + sequence->now_bytes);
    memcpy(place, sequence->load, sequence->load_bytes);
    mshim_bytes_put(place + sequence->load_bytes, index - (address + load_end), MSHIM_DISPLACEMENT_BYTES);
    memcpy(place + load_end, sequence->call, sequence->call_bytes);
    mshim_bytes_put(place + load_end + sequence->call_bytes, target - (address + size),
                    MSHIM_DISPLACEMENT_BYTES);
}

static void undo_tls_accesss(struct reader *reader) {
    for (unsigned i = 0; i < MSHIM_TLS_SEQUENCES; i++) {
        const struct mshim_tls_sequence *sequence = &mshim_tls_sequences[i];
        const uint64_t target = get(reader);
        uint64_t last = 0, address;
        for (uint64_t count = get_count(reader, 1); count > 0 && !reader->broken; count--) {
            unsigned char *const place = get_place(reader, &last, mshim_tls_sequence_bytes(sequence));
            if (place && mshim_elf_image_address(reader->image, last, &address))
                undo_tls_access(sequence, place, address, target);
            else
                reader->broken = true;
        }
    }
}

static void undo_others(struct reader *reader) {
    uint64_t last = 0;
    for (uint64_t count = get_count(reader, 3); count > 0 && !reader->broken; count--) {
        last += get(reader);
        const uint64_t size = get_count(reader, 1);
        uint64_t place = last;
        unsigned char *const to = size <= MSHIM_EDIT_BYTES ? reader->image->bytes : NULL;
        if (!to || place > reader->image->size || size > reader->image->size - place) {
            reader->broken = true;
            break;
        }
        memcpy(to + place, reader->at, size);
        reader->at += size;
    }
}

enum mshim_undo_state mshim_undo_apply(unsigned char *bytes, size_t *size, struct mshim_reason *reason) {
    uint64_t fields[5];
    if (*size < MSHIM_UNDO_END_BYTES)
        return MSHIM_UNDO_NONE;
    const unsigned char *const end = bytes + *size - MSHIM_UNDO_END_BYTES;
    if (memcmp(end + sizeof fields, MSHIM_UNDO_MAGIC, MSHIM_UNDO_END_BYTES - sizeof fields) != 0)
        return MSHIM_UNDO_NONE;
    for (size_t i = 0; i < 5; i++)
        fields[i] = mshim_bytes_get(end + i * sizeof *fields, sizeof *fields);
    const uint64_t data_bytes = fields[1], original_bytes = fields[2],
                   available = *size - MSHIM_UNDO_END_BYTES;
    if (fields[0] != MSHIM_UNDO_FORMAT) {
        mshim_reason_write(reason, "another version of mshim has relinked it (undo format %llu)",
                           (unsigned long long)fields[0]);
        return MSHIM_UNDO_BROKEN;
    }
    if (data_bytes > available || original_bytes != available - data_bytes ||
        mshim_undo_checksum(bytes, original_bytes) != fields[4]) {
        mshim_reason_write(reason, "it was changed after it was relinked");
        return MSHIM_UNDO_BROKEN;
    }
    struct mshim_elf_image image = {.bytes = bytes, .size = original_bytes};
    struct reader reader = {bytes + original_bytes, end, false, &image};
    if (mshim_elf_image_parse(&image, reason)) {
        undo_calls(&reader);
        undo_tls_accesss(&reader);
        undo_others(&reader);
    }
    mshim_elf_image_drop(&image);
    if (reader.broken || reader.at != end || mshim_undo_checksum(bytes, original_bytes) != fields[3]) {
        mshim_reason_write(reason, "its undo data are damaged");
        return MSHIM_UNDO_BROKEN;
    }
    *size = original_bytes;
    return MSHIM_UNDO_DONE;
}
