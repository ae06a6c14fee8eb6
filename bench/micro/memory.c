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
#include "memory.h"

#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    ALIGNMENT = 64,
    MAX_CALLS = 512,
    MAX_ARMS = 12,
    MIN_TURNS = 21,
    MAX_TURNS = 4000,
    MAX_WARM_CALLS = 8,
    FILLER = 'a',
    NEEDLE = 'b'
};

struct band {
    const char *name;
    size_t from_bytes, to_bytes;
    size_t operand_bytes; /* room for one operand of all slots: small bands stay in the first-level cache */
    size_t calls;
    bool logarithmic;
};

static const struct band bands[] = {
    {"1-16", 1, 16, 16 << 10, 512, false},
    {"17-64", 17, 64, 16 << 10, 512, false},
    {"65-256", 65, 256, 32 << 10, 512, false},
    {"257-1K", 257, 1 << 10, 64 << 10, 256, false},
    {"1K-16K", (1 << 10) + 1, 16 << 10, 512 << 10, 64, true},
    {"16K-1M", (16 << 10) + 1, 1 << 20, 8 << 20, 8, true},
    {"over 1M", (1 << 20) + 1, 16 << 20, 34 << 20, 2, true},
};
enum { BANDS = sizeof bands / sizeof *bands };

/* How the operands of a function are laid: what `n` scanned or copied bytes mean to it. */
enum shape { COPY, MOVE, SET, COMPARE, FIND, FIND_LAST, FIND_WIDE, LENGTH, FIND_IN_STRING, COMPARE_STRINGS };

static const struct {
    const char *name;
    enum shape shape;
} functions[] = {
    {"memcpy", COPY},
    {"memmove", MOVE},
    {"memset", SET},
    {"memcmp", COMPARE},
    {"bcmp", COMPARE},
    {"memchr", FIND},
    {"memrchr", FIND_LAST},
    {"strlen", LENGTH},
    {"strchr", FIND_IN_STRING},
    {"strcmp", COMPARE_STRINGS},
    {"strncmp", COMPARE_STRINGS},
    {"wmemchr", FIND_WIDE},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

struct arm {
    const char *name;
    const struct memory_caller_row *callers;
    bool (*use)(const char *variant); /* for a variant of the shim: selects it */
    const char *variant;
};

static struct arm arms[MAX_ARMS];
static size_t arm_count;
static unsigned char *operand_a, *operand_b;
static size_t operand_room;
static uint64_t random_state = 0x9e3779b97f4a7c15u;
static volatile uint64_t sink;

static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1du >> 11;
}

static uint64_t random_below(uint64_t limit) {
    return next_random() % limit;
}

static size_t random_size(const struct band *band) {
    if (!band->logarithmic)
        return band->from_bytes + random_below(band->to_bytes - band->from_bytes + 1);
    double unit = (double)random_below(1 << 20) / (1 << 20);
    double from = log((double)band->from_bytes), to = log((double)band->to_bytes);
    return (size_t)exp(from + (to - from) * unit);
}

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void die(const char *what, const char *detail) {
    fprintf(stderr, "memory: %s: %s\n", what, detail);
    exit(1);
}

/* Slots of one turn: each has its size, alignments and planted bytes; `undo` restores the filler afterwards.
 */
static size_t lay_slots(enum shape shape, const struct band *band, struct memory_call *slots, size_t *undo_a,
                        size_t *undo_b) {
    size_t stride = (band->to_bytes + 3 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (shape == MOVE)
        stride += band->to_bytes / ALIGNMENT * ALIGNMENT;
    size_t count = band->operand_bytes / stride;
    if (count > MAX_CALLS)
        count = MAX_CALLS;
    if (count == 0 || count * stride > operand_room)
        die("no room for band", band->name);
    for (size_t i = 0; i < count; i++) {
        size_t n = random_size(band);
        unsigned char *a = operand_a + i * stride + random_below(ALIGNMENT);
        unsigned char *b = operand_b + i * stride + random_below(ALIGNMENT);
        bool hit = random_below(2);
        struct memory_call call = {a, b, n, NEEDLE};
        undo_a[i] = undo_b[i] = 0;
        switch (shape) {
        case COPY:
            break;
        case MOVE: /* source and destination in one slot, which overlap as often as chance has it */
            call.a = operand_a + i * stride + random_below(band->to_bytes);
            call.b = operand_a + i * stride + random_below(band->to_bytes);
            break;
        case SET:
            call.c = FILLER;
            break;
        case COMPARE:
            if (hit)
                b[n - 1] = (unsigned char)(FILLER - 1 + 2 * random_below(2)),
                      undo_b[i] = (size_t)(&b[n - 1] - operand_b) + 1;
            break;
        case FIND:
            if (hit)
                a[n - 1] = NEEDLE, undo_a[i] = (size_t)(&a[n - 1] - operand_a) + 1;
            break;
        case FIND_LAST:
            if (hit)
                a[0] = NEEDLE, undo_a[i] = (size_t)(a - operand_a) + 1;
            break;
        case FIND_WIDE:
            call.a = a - ((uintptr_t)a & 3);
            call.n = (n + 3) / 4;
            if (hit) {
                unsigned char *last = call.a + 4 * (call.n - 1);
                memcpy(last, &call.c, 4), undo_a[i] = (size_t)(last - operand_a) + 1;
            }
            break;
        case LENGTH:
            a[n] = 0, undo_a[i] = (size_t)(&a[n] - operand_a) + 1;
            break;
        case FIND_IN_STRING:
            a[n] = hit ? NEEDLE : 0, undo_a[i] = (size_t)(&a[n] - operand_a) + 1;
            break;
        case COMPARE_STRINGS:
            a[n] = 0, undo_a[i] = (size_t)(&a[n] - operand_a) + 1;
            b[n] = hit ? FILLER : 0, undo_b[i] = (size_t)(&b[n] - operand_b) + 1;
            call.n = random_below(2) ? n : n + 1 + random_below(64);
            break;
        }
        slots[i] = call;
    }
    return count;
}

static void clear_slots(size_t count, const size_t *undo_a, const size_t *undo_b) {
    for (size_t i = 0; i < count; i++) {
        if (undo_a[i])
            memset(&operand_a[undo_a[i] - 1], FILLER, 4); /* one byte, or one wide character */
        if (undo_b[i])
            operand_b[undo_b[i] - 1] = FILLER;
    }
}

static void shuffle(struct memory_call *calls, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t j = random_below(i);
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

struct figure {
    double ns_per_call, ratio; /* ratio to the first arm */
};

static void measure(size_t function, const struct band *band, double seconds, struct figure *figures) {
    static double ratios[MAX_ARMS][MAX_TURNS], times[MAX_ARMS][MAX_TURNS];
    static struct memory_call slots[MAX_CALLS], calls[MAX_CALLS];
    static size_t undo_a[MAX_CALLS], undo_b[MAX_CALLS];
    memory_caller *run[MAX_ARMS];
    for (size_t i = 0; i < arm_count; i++)
        run[i] = caller_of(&arms[i], functions[function].name);
    size_t turns = 0, order[MAX_ARMS];
    double end = now_ns() + seconds * 1e9;
    memset(operand_a, FILLER, operand_room);
    memset(operand_b, FILLER, operand_room);
    while (turns < MAX_TURNS && (turns < MIN_TURNS || now_ns() < end)) {
        size_t slot_count = lay_slots(functions[function].shape, band, slots, undo_a, undo_b);
        for (size_t i = 0; i < band->calls; i++)
            calls[i] = slots[band->calls <= slot_count ? i : random_below(slot_count)];
        for (size_t i = 0; i < band->calls;
             i++) /* every arm finds the operands where the one before it left them */
            sink += calls[i].a[0] + calls[i].b[0];
        for (size_t i = 0; i < arm_count; i++) {
            size_t j = random_below(i + 1);
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
        clear_slots(slot_count, undo_a, undo_b);
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
    if (arm_count == MAX_ARMS)
        die("too many arms", name);
    char *variant = strchr(name, ':'), path[PATH_MAX];
    if (variant)
        *variant++ = 0;
    snprintf(path, sizeof path, "%s/memory_calls_%s.so", folder, name);
    /* Its own library comes before what the process has loaded already. */
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!object)
        die("cannot load", dlerror());
    struct arm *arm = &arms[arm_count++];
    arm->callers = dlsym(object, MEMORY_CALLERS_SYMBOL);
    if (!arm->callers)
        die("not a calling object", path);
    if (strcmp(name, "mshim") == 0) {
        *(void **)&arm->use = dlsym(object, "memory_use");
        arm->variant = variant;
        if (!arm->use || !arm->use(variant))
            die("this CPU has no variant", variant ? variant : "(any)");
    } else if (variant) {
        die("only mshim has variants, not", name);
    }
    if (variant)
        variant[-1] = ':';
    arm->name = name;
}

static void write_json(const char *path, struct figure (*figures)[BANDS][MAX_ARMS]) {
    FILE *out = strcmp(path, "-") ? fopen(path, "w") : stdout;
    if (!out)
        die("cannot write", path);
    fprintf(out, "{\"format\": 1, \"reference\": \"%s\", \"figures\": [", arms[0].name);
    const char *comma = "";
    for (size_t f = 0; f < FUNCTIONS; f++)
        for (size_t b = 0; b < BANDS; b++)
            for (size_t k = 0; k < arm_count; k++) {
                struct figure *figure = &figures[f][b][k];
                if (figure->ratio == 0)
                    continue;
                fprintf(out,
                        "%s\n  {\"function\": \"%s\", \"band\": \"%s\", \"arm\": \"%s\", \"ns_per_call\": "
                        "%.3f, \"ratio\": %.4f}",
                        comma, functions[f].name, bands[b].name, arms[k].name, figure->ns_per_call,
                        figure->ratio);
                comma = ",";
            }
    fprintf(out, "\n]}\n");
    if (out != stdout)
        fclose(out);
}

/* One line a function, of ratios to the first arm or of ns a call; what was not measured is left out. */
static void print_table(struct figure (*figures)[BANDS][MAX_ARMS], size_t arm, bool ratios) {
    double log_sum[BANDS + 1] = {0};
    size_t count[BANDS + 1] = {0};
    printf(ratios ? "\n%s, time over %s's\n%-10s" : "\n%s, ns a call%.0s\n%-10s", arms[arm].name,
           arms[0].name, "");
    for (size_t b = 0; b < BANDS; b++)
        printf("%10s", bands[b].name);
    printf(ratios ? "   geomean\n" : "\n");
    for (size_t f = 0; f < FUNCTIONS; f++) {
        double row = 0;
        size_t measured = 0;
        for (size_t b = 0; b < BANDS; b++)
            measured += figures[f][b][arm].ratio != 0;
        if (!measured)
            continue;
        printf("%-10s", functions[f].name);
        for (size_t b = 0; b < BANDS; b++) {
            struct figure figure = figures[f][b][arm];
            if (figure.ratio == 0)
                printf("%10s", "");
            else if (!ratios)
                printf("%10.1f", figure.ns_per_call);
            else {
                printf("%10.3f", figure.ratio);
                row += log(figure.ratio);
                log_sum[b] += log(figure.ratio), count[b]++;
                log_sum[BANDS] += log(figure.ratio), count[BANDS]++;
            }
        }
        if (ratios)
            printf("%10.3f", exp(row / (double)measured));
        printf("\n");
    }
    if (!ratios)
        return;
    printf("%-10s", "geomean");
    for (size_t b = 0; b <= BANDS; b++)
        if (count[b])
            printf("%10.3f", exp(log_sum[b] / (double)count[b]));
        else
            printf("%10s", "");
    printf("\n");
}

static unsigned char *map_operand(size_t bytes) {
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        die("cannot map", "operands");
    return at;
}

/* On another processor the caches would be cold. */
static void stay_here(void) {
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET((size_t)sched_getcpu(), &here);
    sched_setaffinity(0, sizeof here, &here);
}

int main(int argc, char **argv) {
    static struct figure figures[FUNCTIONS][BANDS][MAX_ARMS];
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
        die("cannot find", "/proc/self/exe");
    self[length] = 0;
    const char *folder = dirname(self);
    for (char *name = strtok(arm_list, ","); name; name = strtok(NULL, ","))
        load_arm(folder, name);
    stay_here();
    if (arm_count < 2)
        die("needs two arms", "--arms");

    for (size_t b = 0; b < BANDS; b++)
        if (bands[b].operand_bytes > operand_room)
            operand_room = bands[b].operand_bytes;
    operand_a = map_operand(operand_room);
    operand_b = map_operand(operand_room);
    for (size_t f = 0; f < FUNCTIONS; f++) {
        if (only && !listed(only, functions[f].name))
            continue;
        fprintf(stderr, "%s\n", functions[f].name);
        for (size_t b = 0; b < BANDS; b++)
            if (!only_bands || listed(only_bands, bands[b].name))
                measure(f, &bands[b], seconds, figures[f][b]);
    }
    if (json)
        write_json(json, figures);
    if (!json || strcmp(json, "-")) {
        for (size_t k = 1; k < arm_count; k++)
            print_table(figures, k, true);
        print_table(figures, 0, false);
    }
    return 0;
}
