/* SPDX-License-Identifier: MIT */
#include "command/compare/session.h"
#include "command/compare/design.h"
#include "command/compare/schedule.h"
#include "command/compare/verdict.h"
#include "command/launch/target.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* How often it is tried to see a command that ends at once, as long as that takes no longer than a second. */
enum { TRIES = 50 };
static const double tries_seconds = 1;

/* Of shorter runs what is known beforehand is heard, too. */
static const double short_seconds = 0.05;

struct session {
    struct mshim_comparison *comparison;
    struct mshim_runner *runner;
    uint64_t started_ns;
    double
        counted_seconds; /* what the counted runs at the end will take; 0 where there is no time for them */
    bool uncounted;      /* there is no time for counted runs */
    uint64_t random;
};

static double elapsed(const struct session *session) {
    return (double)(mshim_now_ns() - session->started_ns) / 1e9;
}

static void voided(struct mshim_arm *arm, const char *why) {
    snprintf(arm->voided, sizeof arm->voided, "%s", why);
}

/* Finds the shim's library for the libc on which the command runs; `why` there is none, else. */
static bool find_library(struct session *session, char *why, size_t size) {
    static struct mshim_target target;
    static struct mshim_library library;
    struct mshim_comparison *const comparison = session->comparison;
    const struct mshim_job_outcome *const outcome = session->runner->command.outcome;
    const struct mshim_proof_image *const image = mshim_proof_main(&outcome->proof);
    mshim_target_resolve(&target, comparison->settings.command, getenv("PATH"));
    const bool drops = target.verdict == MSHIM_TARGET_DROPS || target.verdict == MSHIM_TARGET_SECURE;
    if (image ? drops && outcome->seconds < short_seconds : target.verdict != MSHIM_TARGET_LOADABLE) {
        mshim_target_explain(&target, why, size);
        return false;
    }
    comparison->flavour = image ? image->flavour : target.flavour;
    if (comparison->flavour == MSHIM_NO_FLAVOUR) {
        snprintf(why, size,
                 "%s, which uses most of the CPU time, is static or runs on neither musl nor glibc",
                 image->name);
        return false;
    }
    if (!mshim_library_find(&library, comparison->flavour)) {
        snprintf(why, size, "there is no library of the shim for %s (%s)",
                 mshim_flavour_name(comparison->flavour), library.path);
        return false;
    }
    snprintf(session->runner->counter, sizeof session->runner->counter, "%s", library.path);
    return true;
}

/* Runs the command bare, and sees what uses the CPU and on which libc that runs. */
static enum mshim_run_end scout(struct session *session) {
    static const struct mshim_arm bare = {.kind = MSHIM_ARM_NONE, .name = (char *)"none"};
    struct mshim_arms *const arms = &session->comparison->arms;
    struct mshim_run run;
    char why[MSHIM_WHY_BYTES];
    mshim_progress_set(session->runner->progress, -1, "first run");
    const enum mshim_run_end end = mshim_runner_run(session->runner, &bare, MSHIM_RUN_CLOSELY, &run);
    free(run.points);
    if (end != MSHIM_RUN_DONE)
        return end;
    const bool has_library = find_library(session, why, sizeof why);
    for (size_t i = 0; i < arms->count; i++) {
        struct mshim_arm *const arm = &arms->arm[i];
        if (arm->kind == MSHIM_ARM_SHIM && has_library)
            snprintf(arm->library, sizeof arm->library, "%s", session->runner->counter);
        else if (arm->kind == MSHIM_ARM_SHIM)
            voided(arm, why);
    }
    return MSHIM_RUN_DONE;
}

/* Voids the arm where a run has shown that it is not live. */
static enum mshim_proof_verdict judge(struct session *session, struct mshim_arm *arm) {
    const struct mshim_job_outcome *const outcome = session->runner->command.outcome;
    char why[MSHIM_WHY_BYTES];
    const enum mshim_proof_verdict verdict =
        mshim_proof_judge(&outcome->proof, outcome->cpu_seconds, why, sizeof why);
    if (verdict == MSHIM_PROOF_NOT_LIVE)
        voided(arm, why);
    return verdict;
}

/* Warms up, and proves the arm. */
static enum mshim_run_end prove(struct session *session, struct mshim_arm *arm) {
    enum mshim_proof_verdict verdict = MSHIM_PROOF_UNSEEN;
    const struct mshim_job_outcome *const outcome = session->runner->command.outcome;
    double seconds = 0;
    mshim_progress_set(session->runner->progress, -1, "warm-up: %.100s", arm->name);
    for (int i = 0; i < TRIES && seconds < tries_seconds && verdict == MSHIM_PROOF_UNSEEN; i++) {
        struct mshim_run run;
        const enum mshim_run_end end = mshim_runner_run(session->runner, arm, MSHIM_RUN_CLOSELY, &run);
        free(run.points);
        if (end != MSHIM_RUN_DONE)
            return end;
        seconds += outcome->seconds;
        verdict = judge(session, arm);
        if (arm->kind == MSHIM_ARM_NONE)
            break; /* there is nothing to be seen in it */
    }
    session->counted_seconds += outcome->seconds;
    if (verdict == MSHIM_PROOF_UNSEEN && arm->kind != MSHIM_ARM_NONE)
        voided(arm, "too little of the CPU time was seen to tell whether it is live: its processes end "
                    "too fast");
    return MSHIM_RUN_DONE;
}

static enum mshim_run_end count(struct session *session, struct mshim_arm *arm) {
    struct mshim_runner *const runner = session->runner;
    struct mshim_run run;
    mshim_progress_set(runner->progress, -1, "counting: %.100s", arm->name);
    mshim_report_folder_empty(&runner->reports);
    const enum mshim_run_end end = mshim_runner_run(runner, arm, MSHIM_RUN_COUNTED, &run);
    free(run.points);
    if (end == MSHIM_RUN_DONE)
        arm->counters = mshim_report_folder_best(&runner->reports);
    return end;
}

/* One more run of each arm, with counters on. What was measured stands without it: where there is no library
 * to count with, or no folder for the reports, the counters are absent. */
static enum mshim_run_end count_all(struct session *session) {
    struct mshim_arms *const arms = &session->comparison->arms;
    struct mshim_runner *const runner = session->runner;
    enum mshim_run_end end = MSHIM_RUN_DONE;
    if (session->uncounted || !runner->counter[0] || !mshim_report_folder_make(&runner->reports))
        return MSHIM_RUN_DONE;
    for (size_t i = 0; i < arms->count && end == MSHIM_RUN_DONE; i++)
        if (!arms->arm[i].voided[0])
            end = count(session, &arms->arm[i]);
    mshim_report_folder_remove(&runner->reports);
    return end;
}

/* One run of every arm, in random order. */
static enum mshim_run_end take_turn(struct session *session, size_t turn, double left_seconds) {
    struct mshim_comparison *const comparison = session->comparison;
    size_t order[MSHIM_ARMS];
    mshim_schedule_shuffle(order, comparison->arms.count, &session->random);
    for (size_t i = 0; i < comparison->arms.count; i++) {
        struct mshim_arm *const arm = &comparison->arms.arm[order[i]];
        if (arm->voided[0] || arm->dropped_after)
            continue;
        mshim_progress_set(session->runner->progress, left_seconds, "turn %zu of at most %zu: %.100s",
                           turn + 1, comparison->settings.runs, arm->name);
        struct mshim_run *const run = &arm->runs[turn];
        const enum mshim_run_end end = mshim_runner_run(session->runner, arm, MSHIM_RUN_TIMED, run);
        if (end != MSHIM_RUN_DONE)
            return end;
        run->position = i;
        run->proven = judge(session, arm) == MSHIM_PROOF_LIVE;
    }
    return MSHIM_RUN_DONE;
}

/* What the rest will take: as many turns as make the interval narrow enough, within what was allowed. */
static double time_left(const struct session *session, double width) {
    const struct mshim_comparison *const comparison = session->comparison;
    const double done = (double)comparison->turns, most = (double)comparison->settings.runs;
    const double until_time = comparison->settings.seconds - elapsed(session);
    if (done == 0)
        return -1;
    double wanted = isfinite(width) && !comparison->one_look ? done * width * width : most;
    wanted = wanted < MSHIM_DESIGN_TURNS_MIN ? MSHIM_DESIGN_TURNS_MIN : wanted;
    wanted = wanted < most ? wanted : most;
    const double until_turns = wanted > done ? (wanted - done) * comparison->turn_seconds : 0;
    const double left = until_turns + session->counted_seconds;
    return left < until_time ? left : until_time > 0 ? until_time : 0;
}

/* How many turns there will be, the first, which has just been taken, among them, if `counted_seconds` are
 * kept for the end. */
static double turns_possible(const struct session *session, double counted_seconds) {
    const struct mshim_comparison *const comparison = session->comparison;
    const double left = comparison->settings.seconds - elapsed(session) - counted_seconds;
    const double possible = 1 + (left > 0 ? floor(left / comparison->turn_seconds) : 0);
    const double most = (double)comparison->settings.runs;
    return possible < most ? possible : most;
}

/* Plans the rest by what the first turn has taken: where there is time for few turns only they are looked at
 * once, at their end, and where they would be too few the runs with counters are left out. */
static void plan(struct session *session) {
    struct mshim_comparison *const comparison = session->comparison;
    comparison->compared = mshim_comparison_live(comparison);
    comparison->one_look = true;
    const double least = (double)mshim_comparison_turns_min(comparison);
    double turns = turns_possible(session, session->counted_seconds);
    if (turns < least && turns < (double)comparison->settings.runs) {
        session->counted_seconds = 0;
        session->uncounted = true;
        turns = turns_possible(session, 0);
    }
    comparison->one_look = turns <= MSHIM_DESIGN_ONE_LOOK_TURNS_MAX;
}

static bool is_enough(struct session *session) {
    struct mshim_comparison *const comparison = session->comparison;
    comparison->stopped_by = MSHIM_STOPPED_BY_PRECISION;
    if (mshim_comparison_look(comparison))
        return true;
    comparison->stopped_by = MSHIM_STOPPED_BY_RUNS;
    if (comparison->turns == comparison->settings.runs)
        return true;
    comparison->stopped_by = MSHIM_STOPPED_BY_TIME;
    return elapsed(session) + comparison->turn_seconds + session->counted_seconds >
           comparison->settings.seconds;
}

/* The requests per second of a load decide; where it does not report them, the time that it takes. */
static void choose_primary(struct mshim_comparison *comparison, const struct mshim_run *run) {
    comparison->primary = !comparison->settings.ready_when ? MSHIM_MEASURE_wall
                          : !comparison->settings.load     ? MSHIM_MEASURE_ready
                          : isnan(run->values[MSHIM_MEASURE_requests_per_second])
                              ? MSHIM_MEASURE_wall
                              : MSHIM_MEASURE_requests_per_second;
}

/* What the early look has found. */
static void say_so_far(struct session *session) {
    static struct mshim_verdict_text verdict;
    const struct mshim_comparison *const comparison = session->comparison;
    bool is_better;
    mshim_verdict_make(&verdict, comparison);
    for (size_t i = 1; i < comparison->arms.count; i++)
        if (mshim_comparison_differs(comparison, &comparison->arms.arm[i], comparison->primary, &is_better))
            mshim_progress_note(session->runner->progress, "after %zu turns, %.200s", comparison->turns,
                                verdict.line[i - 1]);
}

static enum mshim_run_end take_turns(struct session *session) {
    struct mshim_comparison *const comparison = session->comparison;
    double width = INFINITY;
    for (;;) {
        const uint64_t before_ns = mshim_now_ns();
        const enum mshim_run_end end = take_turn(session, comparison->turns, time_left(session, width));
        if (end != MSHIM_RUN_DONE)
            return end;
        const double seconds = (double)(mshim_now_ns() - before_ns) / 1e9;
        /* Of the last turns: one becomes shorter when arms are dropped. */
        comparison->turn_seconds =
            comparison->turns == 0 ? seconds : 0.75 * comparison->turn_seconds + 0.25 * seconds;
        comparison->turns++;
        if (mshim_comparison_live(comparison) < 2 || comparison->arms.arm[0].voided[0])
            return MSHIM_RUN_DONE;
        if (comparison->turns == 1) {
            choose_primary(comparison, &comparison->arms.arm[0].runs[0]);
            plan(session);
        }
        if (is_enough(session))
            return MSHIM_RUN_DONE;
        width = mshim_comparison_width(comparison);
        if (!comparison->one_look && comparison->turns == mshim_comparison_turns_min(comparison))
            say_so_far(session);
    }
}

static enum mshim_run_end run_all(struct session *session) {
    struct mshim_arms *const arms = &session->comparison->arms;
    enum mshim_run_end end = scout(session);
    for (size_t i = 0; i < arms->count && end == MSHIM_RUN_DONE; i++) {
        struct mshim_arm *const arm = &arms->arm[i];
        arm->runs = calloc(session->comparison->settings.runs, sizeof *arm->runs);
        if (!arm->runs) {
            snprintf(session->runner->why, sizeof session->runner->why, "%s", strerror(ENOMEM));
            return MSHIM_RUN_FAILED;
        }
        if (!arm->voided[0])
            end = prove(session, arm);
    }
    if (end == MSHIM_RUN_DONE && !arms->arm[0].voided[0] && mshim_comparison_live(session->comparison) >= 2)
        end = take_turns(session);
    return end == MSHIM_RUN_DONE && session->comparison->turns > 0 ? count_all(session) : end;
}

enum mshim_run_end mshim_session_run(struct mshim_comparison *comparison, struct mshim_runner *runner) {
    struct session session = {.comparison = comparison, .runner = runner, .started_ns = mshim_now_ns()};
    if (getrandom(&session.random, sizeof session.random, GRND_NONBLOCK) != sizeof session.random)
        session.random = (uint64_t)session.started_ns;
    session.random |= 1;
    const enum mshim_run_end end = run_all(&session);
    if (end == MSHIM_RUN_INTERRUPTED)
        comparison->stopped_by = MSHIM_STOPPED_BY_SIGNAL;
    comparison->elapsed_seconds = elapsed(&session);
    mshim_comparison_choose_memory(comparison);
    mshim_progress_clear(runner->progress);
    return end;
}
