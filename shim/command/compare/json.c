/* SPDX-License-Identifier: MIT */
#include "command/compare/json.h"
#include "command/compare/json_number.h"
#include "command/compare/machine.h"
#include "command/compare/outlook.h"
#include "shared/allocators/versions.h"

#include <errno.h>
#include <math.h>
#include <mshim.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void strings(struct mshim_json *outer, const char *name, const char *const *values, size_t count) {
    struct mshim_json list = mshim_json_begin(outer, name, "[");
    for (size_t i = 0; i < count; i++) {
        mshim_json_next(&list);
        mshim_write_quoted(list.writer, values[i]);
    }
    mshim_write_text(list.writer, "]");
}

static void versions(struct mshim_json *outer, const struct mshim_comparison *comparison) {
    struct mshim_json json = mshim_json_begin(outer, "versions", "{");
    mshim_json_string(&json, "mshim", MSHIM_VERSION);
    struct mshim_json inner = mshim_json_begin(&json, "allocators", "{");
#define MSHIM_ALLOCATOR(identifier, name, version, help)                                                     \
    if (strcmp(version, "-") != 0)                                                                           \
        mshim_json_string(&inner, name, version);
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR
    mshim_write_text(json.writer, "}");
    if (comparison->flavour != MSHIM_NO_FLAVOUR)
        mshim_json_string(&json, "libc", mshim_flavour_name(comparison->flavour));
    mshim_write_text(json.writer, "}");
}

static void settings(struct mshim_json *outer, const struct mshim_comparison_settings *settings) {
    struct mshim_json json = mshim_json_begin(outer, "settings", "{");
    mshim_json_number(&json, "runs", (double)settings->runs);
    mshim_json_number(&json, "precision_percent", settings->precision_percent);
    mshim_json_number(&json, "seconds", settings->seconds);
    if (settings->ready_when) {
        mshim_json_string(&json, "ready_when", settings->ready_when);
        if (settings->load)
            mshim_json_string(&json, "load", settings->load);
        mshim_json_number(&json, "stop_with", settings->stop_with);
    }
    mshim_write_text(json.writer, "}");
}

static void points(struct mshim_json *outer, const struct mshim_run *run) {
    struct mshim_json list = mshim_json_begin(outer, "memory_over_time", "[");
    for (size_t i = 0; i < run->point_count; i++) {
        mshim_json_next(&list);
        mshim_write_text(list.writer, "[");
        mshim_json_number_value(list.writer, run->points[i].seconds);
        mshim_write_text(list.writer, ", ");
        mshim_json_number_value(list.writer, run->points[i].bytes);
        mshim_write_text(list.writer, "]");
    }
    mshim_write_text(list.writer, "]");
}

static void measure_key(char key[64], size_t measure) {
    snprintf(key, 64, "%s%s", mshim_measure_table[measure].name, mshim_measure_table[measure].unit);
}

static void one_run(struct mshim_writer *writer, const struct mshim_run *run, size_t turn) {
    struct mshim_json json = mshim_json_new(writer);
    char key[64];
    mshim_write_text(writer, "{");
    mshim_json_number(&json, "turn", (double)turn);
    mshim_json_number(&json, "position", (double)run->position);
    mshim_json_number(&json, "samples", run->samples);
    mshim_json_string(&json, "proof", run->proven ? "run" : "warm-up");
    if (run->was_killed) {
        mshim_json_key(&json, "killed");
        mshim_write_text(writer, "true");
    }
    for (size_t i = 0; i < MSHIM_MEASURES; i++) {
        measure_key(key, i);
        mshim_json_number(&json, key, run->values[i]);
    }
    if (run->points)
        points(&json, run);
    mshim_write_text(writer, "}");
}

static void medians(struct mshim_json *outer, const struct mshim_comparison *comparison,
                    const struct mshim_arm *arm) {
    struct mshim_json json = mshim_json_begin(outer, "median", "{");
    char key[64];
    for (size_t i = 0; i < MSHIM_MEASURES; i++) {
        measure_key(key, i);
        mshim_json_number(&json, key, mshim_comparison_median(comparison, arm, i));
    }
    mshim_write_text(json.writer, "}");
}

static void ratios(struct mshim_json *outer, const struct mshim_comparison *comparison,
                   const struct mshim_arm *arm) {
    struct mshim_json json = mshim_json_begin(outer, "ratio", "{");
    for (size_t i = 0; i < MSHIM_MEASURES; i++) {
        struct mshim_statistics_estimate ratio;
        if (!mshim_comparison_ratio(comparison, arm, &comparison->arms.arm[0], i, &ratio))
            continue;
        struct mshim_json inner = mshim_json_begin(&json, mshim_measure_table[i].name, "{");
        mshim_json_number(&inner, "median", ratio.median);
        if (isfinite(ratio.high)) {
            mshim_json_number(&inner, "low", ratio.low);
            mshim_json_number(&inner, "high", ratio.high);
        }
        mshim_write_text(inner.writer, "}");
    }
    mshim_write_text(json.writer, "}");
}

static void one_arm(struct mshim_writer *writer, const struct mshim_comparison *comparison,
                    const struct mshim_arm *arm) {
    static const char *const kinds[] = {"none", "shim", "library"};
    struct mshim_json json = mshim_json_new(writer);
    mshim_write_text(writer, "\n  {");
    mshim_json_string(&json, "name", arm->name);
    mshim_json_string(&json, "kind", kinds[arm->kind]);
    if (arm->allocator)
        mshim_json_string(&json, "allocator", arm->allocator);
    if (arm->library[0])
        mshim_json_string(&json, "library", arm->library);
    if (arm->set_count > 0)
        strings(&json, "set", arm->set, arm->set_count);
    if (arm->voided[0]) {
        mshim_json_string(&json, "void", arm->voided);
    } else if (comparison->turns > 0) {
        if (arm->dropped_after)
            mshim_json_number(&json, "dropped_after", (double)arm->dropped_after);
        struct mshim_json list = mshim_json_begin(&json, "runs", "[");
        for (size_t turn = 0; turn < mshim_comparison_turns_of(comparison, arm); turn++) {
            mshim_json_next(&list);
            mshim_write_text(writer, "\n    ");
            one_run(writer, &arm->runs[turn], turn);
        }
        mshim_write_text(writer, "]");
        medians(&json, comparison, arm);
        if (arm != &comparison->arms.arm[0])
            ratios(&json, comparison, arm);
    }
    if (arm->counters) {
        mshim_json_key(&json, "counters");
        mshim_write_bytes(writer, arm->counters, strlen(arm->counters) - 1);
    }
    mshim_write_text(writer, "}");
}

static void whole(struct mshim_writer *writer, const struct mshim_comparison *comparison,
                  const struct mshim_verdict_text *verdict) {
    static const char *const stopped_by[] = {"precision", "runs", "time", "signal"};
    struct mshim_json json = mshim_json_new(writer);
    const char *lines[MSHIM_VERDICT_LINES];
    char outlook[MSHIM_OUTLOOK_BYTES];
    size_t words = 0;
    mshim_write_text(writer, "{");
    mshim_json_number(&json, "format", 1);
    mshim_json_string(&json, "kind", "compare");
    json.separator = ",\n";
    mshim_machine_json(&json);
    versions(&json, comparison);
    while (comparison->settings.command[words])
        words++;
    strings(&json, "command", (const char *const *)comparison->settings.command, words);
    settings(&json, &comparison->settings);
    mshim_json_number(&json, "turns", (double)comparison->turns);
    mshim_json_number(&json, "elapsed_seconds", comparison->elapsed_seconds);
    mshim_json_string(&json, "stopped_by", stopped_by[comparison->stopped_by]);
    mshim_json_string(&json, "reference", comparison->arms.arm[0].name);
    mshim_json_string(&json, "primary", mshim_measure_table[comparison->primary].name);
    mshim_json_string(&json, "peak_memory_source", mshim_peak_source_name(comparison->peak_source));
    struct mshim_json list = mshim_json_begin(&json, "arms", "[");
    for (size_t i = 0; i < comparison->arms.count; i++) {
        mshim_json_next(&list);
        one_arm(writer, comparison, &comparison->arms.arm[i]);
    }
    mshim_write_text(writer, "]");
    for (size_t i = 0; i < verdict->count; i++)
        lines[i] = verdict->line[i];
    strings(&json, "verdict", lines, verdict->count);
    mshim_outlook_make(outlook, comparison);
    if (outlook[0])
        mshim_json_string(&json, "outlook", outlook);
    mshim_write_text(writer, "}\n");
}

/* All that a file holds, allocated. */
static char *read_all(int fd, size_t *length) {
    const off_t size = lseek(fd, 0, SEEK_END);
    char *const bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
    for (*length = 0; bytes && *length < (size_t)size;) {
        const ssize_t part = pread(fd, bytes + *length, (size_t)size - *length, (off_t)*length);
        if (part <= 0) {
            free(bytes);
            return NULL;
        }
        *length += (size_t)part;
    }
    return bytes;
}

char *mshim_comparison_json(const struct mshim_comparison *comparison,
                            const struct mshim_verdict_text *verdict, size_t *length) {
    struct mshim_writer writer = {.fd = memfd_create("mshim-compare", MFD_CLOEXEC)};
    if (writer.fd < 0)
        return NULL;
    whole(&writer, comparison, verdict);
    char *const json = mshim_writer_flush(&writer) ? read_all(writer.fd, length) : NULL;
    const int error = errno;
    close(writer.fd);
    errno = error;
    return json;
}
