/* SPDX-License-Identifier: MIT */
#include "shared/stats/name.h"

#include "shared/base/text.h"

static const char folder_prefix[] = "mshim-";

enum { ID_DIGITS = 16, LONGEST_NUMBER_DIGITS = 19 }; /* fits uint64_t whatever the digits */

void mshim_stats_folder_name(uint64_t user_id, char name[MSHIM_STATS_FOLDER_NAME_BYTES]) {
    struct mshim_text text = mshim_text_in(name, MSHIM_STATS_FOLDER_NAME_BYTES);
    mshim_text_append(&text, folder_prefix);
    mshim_text_append_number(&text, user_id);
}

bool mshim_stats_folder_name_parse(const char *name, uint64_t *user_id) {
    const size_t length = sizeof folder_prefix - 1;
    if (strncmp(name, folder_prefix, length) != 0)
        return false;
    const size_t digits = strspn(name + length, "0123456789");
    *user_id = mshim_decimal_read(name + length);
    return digits > 0 && digits <= LONGEST_NUMBER_DIGITS && name[length + digits] == 0 &&
           *user_id <= UINT32_MAX;
}

void mshim_stats_name(uint64_t pid, uint64_t id, char name[MSHIM_STATS_NAME_BYTES]) {
    struct mshim_text text = mshim_text_in(name, MSHIM_STATS_NAME_BYTES);
    mshim_text_append_number(&text, pid);
    mshim_text_append(&text, "-");
    mshim_text_append_hex(&text, id, ID_DIGITS);
    mshim_text_append(&text, MSHIM_STATS_NAME_ENDING);
}

bool mshim_stats_name_parse(const char *name, uint64_t *pid) {
    const size_t digits = strspn(name, "0123456789");
    if (digits == 0 || digits > LONGEST_NUMBER_DIGITS || name[digits] != '-')
        return false;
    const char *const id = name + digits + 1;
    const size_t id_digits = strspn(id, "0123456789abcdef");
    *pid = mshim_decimal_read(name);
    return id_digits > 0 && strcmp(id + id_digits, MSHIM_STATS_NAME_ENDING) == 0;
}
