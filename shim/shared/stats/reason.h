/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_REASON_H
#define MSHIM_SHARED_STATS_REASON_H

/* Why a process has no stats file (reasons.def). */

enum mshim_stats_reason {
    MSHIM_STATS_REASON_NONE, /* there is one */
#define MSHIM_STATS_REASON(identifier, word, sentence) MSHIM_STATS_REASON_##identifier,
#include "shared/stats/reasons.def"
#undef MSHIM_STATS_REASON
};

/* As the marker has it; NULL where there is a file. */
const char *mshim_stats_reason_word(enum mshim_stats_reason reason);

/* For people; NULL where the word is not known. */
const char *mshim_stats_reason_sentence(const char *word);

#endif
