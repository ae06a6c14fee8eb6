/* SPDX-License-Identifier: MIT */
/*
 * Memory functions against musl's and glibc's own, by size band.
 *
 *     memory [--arms ARM,…] [--only FUNCTION,…] [--bands BAND,…] [--seconds S] [--json FILE]
 *
 * An arm is a library: `glibc` is the C library of this very process, `musl` musl's sources built as a
 * library, `mshim` the shim's functions as the CPU chooses them, `mshim:sse2` and so on one variant of them,
 * `mshim:off` the way through them to this process's C library (MSHIM_MEMFUNCS=off). Each is called from an
 * object of its own, linked with it, through that object's PLT (memory_calls.c). Sizes and alignments are
 * drawn at random inside the band and anew for every turn, so that no branch is learnt. Within a turn all
 * arms make the same calls, in random turns, each in an order of its own (or one would learn from another
 * that shares code with it). A figure is the median over the turns of the arm's time over the first arm's in
 * the same turn.
 *
 * The calling objects are expected beside the program: memory_calls_ARM.so.
 */
#include "memory_table.h"

#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MIN_TURNS = 21, MAX_TURNS = 4000, MAX_WARM_CALLS = 8 };

struct arm {
    const char *name;
    const struct memory_caller_row *callers;
    bool (*use)(const char *variant); /* for a variant of the shim: selects it */
    const char *variant;
};

static struct arm arms[MEMORY_MAX_ARMS];
static size_t arm_count;
static volatile uint64_t sink;

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void shuffle(struct memory_call *calls, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t j = memory_random_below(i);
        struct memory_call other = calls[j];
        calls[j] = calls[i - 1], calls[i - 1] = other;
    }
}

static memory_caller *caller_of(const struct arm *arm, const char *function) {
    for (const struct memory_caller_row *row = arm->callers; row->function; row++)
        if (strcmp(row->function, function) == 0)
            return row->run;
    return NULL;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void measure(size_t function, const struct memory_band *band, double seconds,
                    struct memory_figure *figures) {
    static double ratios[MEMORY_MAX_ARMS][MAX_TURNS], times[MEMORY_MAX_ARMS][MAX_TURNS];
    static struct memory_call slots[MEMORY_MAX_CALLS], calls[MEMORY_MAX_CALLS];
    memory_caller *run[MEMORY_MAX_ARMS];
    for (size_t i = 0; i < arm_count; i++)
        run[i] = caller_of(&arms[i], memory_functions[function].name);
    size_t turns = 0, order[MEMORY_MAX_ARMS];
    double end = now_ns() + seconds * 1e9;
    memory_operands_fill();
    while (turns < MAX_TURNS && (turns < MIN_TURNS || now_ns() < end)) {
        size_t slot_count = memory_slots_lay(memory_functions[function].shape, band, slots);
        for (size_t i = 0; i < band->calls; i++)
            calls[i] = slots[band->calls <= slot_count ? i : memory_random_below(slot_count)];
        for (size_t i = 0; i < band->calls;
             i++) /* every arm finds the operands where the one before it left them */
            sink += calls[i].a[0] + calls[i].b[0];
        for (size_t i = 0; i < arm_count; i++) {
            size_t j = memory_random_below(i + 1);
            order[i] = order[j], order[j] = i;
        }
        for (size_t i = 0; i < arm_count; i++) {
            size_t k = order[i];
            if (!run[k])
                continue;
            if (arms[k].use)
                arms[k].use(arms[k].variant);
            shuffle(calls, band->calls);
            /* What a slow arm left of the caches, or another process meanwhile, must not count for the next
             * one. */
            sink += run[k](calls, band->calls <= MAX_WARM_CALLS ? band->calls : 1);
            double start = now_ns();
            sink += run[k](calls, band->calls);
            times[k][turns] = now_ns() - start;
        }
        memory_slots_clear();
        for (size_t k = 0; k < arm_count; k++)
            ratios[k][turns] = times[k][turns] / times[0][turns];
        turns++;
    }
    for (size_t k = 0; k < arm_count; k++) {
        figures[k].ratio = run[k] ? median(ratios[k], turns) : 0;
        figures[k].ns_per_call = run[k] ? median(times[k], turns) / (double)band->calls : 0;
    }
}

static bool listed(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == 0))
            return true;
    return false;
}

static void load_arm(const char *folder, char *name) {
    if (arm_count == MEMORY_MAX_ARMS)
        memory_die("too many arms", name);
    char *variant = strchr(name, ':'), path[PATH_MAX];
    if (variant)
        *variant++ = 0;
    snprintf(path, sizeof path, "%s/memory_calls_%s.so", folder, name);
    /* Its own library comes before what the process has loaded already. */
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!object)
        memory_die("cannot load", dlerror());
    struct arm *arm = &arms[arm_count++];
    arm->callers = dlsym(object, MEMORY_CALLERS_SYMBOL);
    if (!arm->callers)
        memory_die("not a calling object", path);
    if (strcmp(name, "mshim") == 0) {
        *(void **)&arm->use = dlsym(object, "memory_use");
        arm->variant = variant;
        if (!arm->use || !arm->use(variant))
            memory_die("this CPU has no variant", variant ? variant : "(any)");
    } else if (variant) {
        memory_die("only mshim has variants, not", name);
    }
    if (variant)
        variant[-1] = ':';
    arm->name = name;
}

/* On another processor the caches would be cold. */
static void stay_here(void) {
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET((size_t)sched_getcpu(), &here);
    sched_setaffinity(0, sizeof here, &here);
}

int main(int argc, char **argv) {
    static struct memory_figures figures;
    char default_arms[] = "glibc,musl,mshim", *arm_list = default_arms;
    const char *only = NULL, *only_bands = NULL, *json = NULL;
    double seconds = 0.2;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--help") == 0) {
            puts("memory [--arms ARM,...] [--only FUNCTION,...] [--bands BAND,...] [--seconds S] [--json "
                 "FILE]\n"
                 "arms: glibc (the reference: the first one named), musl, mshim, mshim:sse2, mshim:avx2, "
                 "mshim:avx512, mshim:off\n"
                 "--seconds: for each function in each band");
            return 0;
        } else if (value && strcmp(argv[i], "--arms") == 0)
            arm_list = argv[++i];
        else if (value && strcmp(argv[i], "--only") == 0)
            only = argv[++i];
        else if (value && strcmp(argv[i], "--bands") == 0)
            only_bands = argv[++i];
        else if (value && strcmp(argv[i], "--seconds") == 0)
            seconds = atof(argv[++i]);
        else if (value && strcmp(argv[i], "--json") == 0)
            json = argv[++i];
        else {
            fprintf(stderr, "memory: unknown option %s (see --help)\n", argv[i]);
            return 2;
        }
    }
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        memory_die("cannot find", "/proc/self/exe");
    self[length] = 0;
    const char *folder = dirname(self);
    for (char *name = strtok(arm_list, ","); name; name = strtok(NULL, ","))
        load_arm(folder, name);
    stay_here();
    if (arm_count < 2)
        memory_die("needs two arms", "--arms");

    figures.arm_count = arm_count;
    for (size_t k = 0; k < arm_count; k++)
        figures.arms[k] = arms[k].name;
    memory_operands_map();
    for (size_t f = 0; f < MEMORY_FUNCTIONS; f++) {
        if (only && !listed(only, memory_functions[f].name))
            continue;
        fprintf(stderr, "%s\n", memory_functions[f].name);
        for (size_t b = 0; b < MEMORY_BANDS; b++)
            if (!only_bands || listed(only_bands, memory_bands[b].name))
                measure(f, &memory_bands[b], seconds, figures.of[f][b]);
    }
    if (json)
        memory_table_json(json, &figures);
    if (!json || strcmp(json, "-")) {
        for (size_t k = 1; k < arm_count; k++)
            memory_table_print(&figures, k, true);
        memory_table_print(&figures, 0, false);
    }
    return 0;
}
