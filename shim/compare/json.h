/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMPARE_JSON_H
#define MSHIM_COMPARE_JSON_H

/*
 * A comparison as JSON, format 1. More keys may be added; these stay. A value that could not be had is
 * absent, never 0.
 *
 *   format                1
 *   kind                  "compare"
 *   machine               architecture, kernel, distribution, cpu, cpus, cpus_usable, memory_bytes,
 * page_bytes, transparent_hugepage, overcommit_memory, load_average (a list of three): as of the bench
 *   versions              mshim, allocators (name: version), libc ("musl", "glibc": of the process that used
 * most of the processor time) command               a list of words settings              runs,
 * precision_percent, seconds; of a server ready_when, load, stop_with turns                 how many are
 * complete: in each every arm that is not void ran once, in random order elapsed_seconds       of the whole
 * comparison stopped_by            "precision", "runs", "time", "signal" reference             name of the
 * first arm primary               the measure that decides: "wall", "ready", "requests_per_second"
 *   peak_memory_source    "cgroup" (its own peak, page cache included), "pss" (proportional set sizes of all
 * processes, summed, sampled), "max_rss" (the largest resident set that one process had) arms a list of name
 * as given; "-again", "-again-2" behind it where it is given more than once kind                "none",
 * "shim", "library" allocator           of the shim library             path of what is preloaded set
 * variables that the arm sets, as given void                why its runs mean nothing; all that follows may
 * be missing then runs                a list, one a turn: turn, position (in the turn), samples (of memory),
 * proof ("run": seen live in this run, "warm-up": the run was too short), every measure of measures.def with
 * its unit, and of a server memory_over_time: a list of [seconds, bytes] median              every measure,
 * with its unit ratio               every measure without its unit: median, low, high: to the reference,
 * paired by turn; the intervals of all arms of one measure are right together with 95 %. low and high are
 * absent where the turns are too few counters            report (format 1) of the process that used most
 * processor time in one more run, with counters; arms without the shim are counted by it, passing through
 *   verdict               a list of sentences
 */

#include "compare/comparison.h"
#include "compare/verdict.h"
#include "report/writer.h"

/* Allocated, `*length` bytes without a NUL; NULL with errno set. */
char *mshim_comparison_json(const struct mshim_comparison *comparison, const struct mshim_sentences *verdict,
                            size_t *length);

/* What the parts of it are written with: an object or a list that begins with the next member. */
struct mshim_json {
    struct mshim_writer *writer;
    const char *separator;
};

void mshim_json_key(struct mshim_json *json, const char *name);
void mshim_json_string(struct mshim_json *json, const char *name, const char *value);
/* Nothing where it is not finite. */
void mshim_json_number(struct mshim_json *json, const char *name, double value);
void mshim_json_real(struct mshim_writer *writer, double value);

/* The object `machine`. */
void mshim_machine_json(struct mshim_json *json);

#endif
