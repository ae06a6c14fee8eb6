/* SPDX-License-Identifier: MIT */
#include "shared/report/write.h"

#include "shared/report/json.h"
#include "shared/report/prom.h"
#include "shared/report/text.h"

#include <string.h>

static bool ends_with(const char *text, const char *ending) {
    const size_t text_length = strlen(text), ending_length = strlen(ending);
    return text_length >= ending_length && strcmp(text + text_length - ending_length, ending) == 0;
}

enum mshim_report_format mshim_report_format_of(const char *path) {
    if (ends_with(path, ".json"))
        return MSHIM_REPORT_JSON;
    return ends_with(path, ".prom") ? MSHIM_REPORT_PROM : MSHIM_REPORT_TEXT;
}

void mshim_report_write(struct mshim_writer *writer, enum mshim_report_format format,
                        const struct mshim_report *report) {
    static void (*const writers[])(struct mshim_writer *, const struct mshim_report *) = {
        [MSHIM_REPORT_TEXT] = mshim_report_text,
        [MSHIM_REPORT_JSON] = mshim_report_json,
        [MSHIM_REPORT_PROM] = mshim_report_prom,
    };
    writers[format](writer, report);
}
