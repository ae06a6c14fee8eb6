/* SPDX-License-Identifier: MIT */
#include "shared/stats/reason.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *word, *sentence;
} reasons[] = {
    [MSHIM_STATS_REASON_NONE] = {NULL, NULL},
#define MSHIM_STATS_REASON(identifier, word, sentence) [MSHIM_STATS_REASON_##identifier] = {word, sentence},
#include "shared/stats/reasons.def"
#undef MSHIM_STATS_REASON
};

const char *mshim_stats_reason_word(enum mshim_stats_reason reason) {
    return reasons[reason].word;
}

const char *mshim_stats_reason_sentence(const char *word) {
    for (size_t i = 1; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i].word, word) == 0)
            return reasons[i].sentence;
    return NULL;
}
