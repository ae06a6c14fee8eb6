/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_STATS_H
#define MSHIM_STATS_H

/*
 * The page of a process: its live counters, as they lie in a file that another process can read at any time,
 * also after the process was killed. Reading it costs the process nothing.
 *
 * Where: MSHIM_DIR/mshim-UID/PID-UNIQUE.page, a folder of mode 0700 and files of mode 0600.
 *
 * How: open it, map or read all of it, look at `magic`, `format` and `size_bytes` (a reader of another format
 * says so and stops), then at the state (below). Layout: one struct mshim_stats, whose last member are the
 * first MSHIM_STATS_FIRST_RECORDS records of threads; further records follow it in the file, to
 * `records_in_use` of them in all. The file is longer than what is in use, and has no blocks there.
 *
 * Every value is written with one store, so no value is ever half written, but the values of one call are
 * written one after the other: a thread that is inside a call may be off by that call. The shim's own sum
 * over a page is mshim_stats_sum() (shared/stats/sum.h).
 *
 * The state. The process holds flock(LOCK_EX) on the file for as long as it lives: a reader tries
 * flock(LOCK_SH | LOCK_NB) on a descriptor of its own, and EWOULDBLOCK says that it runs. Without that, it
 * ended in good order if `state` is MSHIM_STATS_ENDED; it has become, by exec, a program that is not served if
 * a process with its `pid` and `start_ticks` is there; and it died otherwise. (A program that is served takes
 * over its former image's page. Where the filesystem knows no locks, pid and start time have to do.)
 */

#include <mshim.h>
#include <stdint.h>

/* "mshimpag", as a little-endian machine has it in memory; written last, when all else is there. */
#define MSHIM_STATS_MAGIC  0x676170696d68736dull
#define MSHIM_STATS_FORMAT 2

enum {
    MSHIM_STATS_FIRST_RECORDS = 2,
    MSHIM_STATS_RECORDS = 1024,      /* threads beyond these share one record */
    MSHIM_STATS_PYTHON_CLASSES = 32, /* class c: blocks of (c + 1) * MSHIM_STATS_PYTHON_STEP_BYTES */
    MSHIM_STATS_PYTHON_STEP_BYTES = 16,
    MSHIM_STATS_PYTHON_HEAPS = 4,
    MSHIM_STATS_TEXT_BYTES = 64,
    MSHIM_STATS_OPTIONS_BYTES = 2048,
};

/* The largest page that a kernel of this machine has. */
#ifdef __aarch64__
#define MSHIM_MAX_PAGE_BYTES 65536
#else
#define MSHIM_MAX_PAGE_BYTES 4096
#endif

enum mshim_stats_state {
    MSHIM_STATS_RUNNING,
    MSHIM_STATS_ENDED, /* in good order */
};

/*
 * How long calls took, and how often a tick of the kernel came within one (sampling/sampler.h says how that is
 * found out, shared/stats/time_estimate.h what is made of it). What is timed is a sample and weighted: of weight
 * w it stands for w calls. Cycles are as they were read, those that the reading itself took (`empty_cycles`
 * of the page) included.
 */
enum {
    MSHIM_STATS_TIMING_CALLS = 16, /* of a window */
    MSHIM_STATS_TIMING_CLASSES = 48,
    MSHIM_STATS_TIMING_PYTHON = MSHIM_FUNCTIONS, /* rows of CPython's domains: mem, object */
    MSHIM_STATS_TIMING_ROWS = MSHIM_FUNCTIONS + 2,
};

/* Class 0 is 0 cycles, class 1 + i begins at 2^(i/2), the last one has no end. */
struct mshim_stats_timing_row {
    uint64_t samples; /* not weighted */
    uint64_t calls, cycles, max_cycles;
    uint64_t classes[MSHIM_STATS_TIMING_CLASSES]; /* calls */
};

/* Ticks within calls: each stands for those missed before, too. */
struct mshim_stats_ticks {
    uint64_t weights, weights2; /* sums, of the squares too */
};

struct mshim_stats_timing {
    /* Windows, weighted, whose calls follow each other closely: the cycles in their calls, all their cycles,
     * and what as many calls took just before. */
    uint64_t dense, dense_cycles, fenced_cycles, natural_cycles;
    /* Of calls that follow each other closely, of others and of large ones. What the calls of the first kind
     * took while they were watched, and what as many took just before. */
    struct mshim_stats_ticks ticks, sparse_ticks;
    uint64_t watched_cycles, unwatched_cycles;
    struct mshim_stats_timing_row rows[MSHIM_STATS_TIMING_ROWS];
};

/* The same of the memory functions, of all threads together: added to atomically. */
struct mshim_stats_memfuncs_timing {
    uint64_t ticks_seen; /* 0: they were not watched when one came, or are not the shim's */
    struct mshim_stats_ticks ticks;
    struct mshim_stats_timing_row rows[MSHIM_MEMORY_FUNCTIONS];
};

/* What one thread counts (counters/records.h says how). A thread that ends leaves its record with its counts
 * to the next that begins. */
struct mshim_stats_record {
    int64_t net_low_bytes, net_high_bytes; /* the window in which a call tells nobody */
    uint64_t allocated_bytes, freed_bytes; /* usable sizes */
    uint64_t sizes[MSHIM_SIZE_CLASSES];    /* calls that asked for a size, by size */
    uint64_t calls[MSHIM_FUNCTIONS];       /* of malloc: derived, its own is 0 */
    uint64_t failures[MSHIM_FUNCTIONS];
    uint64_t requested_bytes[MSHIM_FUNCTIONS];
    uint64_t frees_of_null, realloc_allocated_blocks, realloc_freed_blocks;
    uint64_t realloc_in_place, realloc_moved, realloc_copied_bytes;
    uint64_t python_calls;    /* in `sizes`, of CPython's domains: no call of a function */
    int64_t python_net_bytes; /* these domains' part of what this thread allocated less what it freed */
    int64_t told_bytes;       /* net bytes that live_bytes of the page has of it */
    struct mshim_stats_timing time;
} __attribute__((aligned(64)));

struct mshim_stats_python_class {
    uint64_t allocated, freed; /* blocks */
};

/* What one of CPython's domains was served, in usable sizes. */
struct mshim_stats_python_domain {
    struct mshim_stats_python_class small[MSHIM_STATS_PYTHON_CLASSES];
    uint64_t large_allocations, large_frees, large_allocated_bytes, large_freed_bytes;
    uint64_t failures;
};

/* By domain: mem, object. */
struct mshim_stats_python {
    struct mshim_stats_python_domain domains[2];
} __attribute__((aligned(64)));

struct mshim_stats {
    uint64_t magic;
    uint32_t format;
    uint32_t size_bytes; /* of this struct: where the further records begin */
    uint32_t record_bytes;
    uint32_t records_in_use; /* grows only */
    uint32_t state;          /* enum mshim_stats_state */
    uint32_t counting;       /* MSHIM_STATS=on */

    /* Who it is. */
    uint64_t id, parent_id; /* of this page, and of the one that this process was forked from (0: none) */
    uint64_t pid, parent_pid, user_id;
    uint64_t pid_namespace;   /* its inode number; 0: not known */
    uint64_t start_ticks;     /* field 22 of /proc/PID/stat; 0: not known */
    uint8_t boot_id[16];      /* the kernel's; zeros: not known */
    uint64_t started_unix_ns; /* CLOCK_REALTIME; of a forked child its fork */
    uint64_t started_ns;      /* CLOCK_MONOTONIC */
    char program[MSHIM_STATS_TEXT_BYTES], libc[16];
    char shim_version[16], allocator[32], allocator_version[32];
    char python[MSHIM_STATS_TEXT_BYTES]; /* "python=on", "python=off python_why=PYTHONMALLOC" */
    /* As an environment: "MSHIM_ALLOCATOR=mimalloc" and the others that have a value, each ended by a NUL, an
     * empty one at the end. One that has no room is left out. */
    char options[MSHIM_STATS_OPTIONS_BYTES];

    /* What the process has told at last, at its slow paths; MSHIM_ABSENT where it cannot. A reader that can
     * ask the kernel asks the kernel. */
    uint64_t updated_ns; /* CLOCK_MONOTONIC; of the values down to peak_rss_bytes */
    uint64_t user_cpu_ns, system_cpu_ns;
    uint64_t minor_faults, major_faults;
    uint64_t peak_rss_bytes;
    uint64_t retained_bytes; /* resident in what the allocators have mapped, less what lives */
    uint64_t memory_bytes;   /* the shim's own */

    /* Sums that are kept as they change. */
    int64_t live_bytes, peak_live_bytes; /* within 64 KiB a thread */
    uint64_t threads_started, threads_ended;
    uint64_t inherited_live_bytes, inherited_live_blocks; /* of a forked child; without CPython's domains */
    struct {
        uint64_t mmap_calls, mmap_bytes, munmap_calls, munmap_bytes, madvise_calls, madvise_bytes;
    } kernel; /* by the selected allocator and the one for CPython's objects; mremap counts as both of the
                 first */
    uint32_t kernel_counted; /* 0: the selected allocator is not the shim's own (`system`), it is not known */

    /* The cycle counter and CLOCK_MONOTONIC, read together early and late; what reading it twice
     * takes, and what comes between two timed calls where the program does nothing. */
    uint64_t from_cycles, from_ns, to_cycles, to_ns;
    double empty_cycles, empty_gap_cycles;
    uint64_t tick_ns; /* between two ticks of the kernel; 0: they cannot be seen */
    struct mshim_stats_memfuncs_timing memory_time;

    /* CPython's domains. Heap 0 is the main interpreter's, the last one that of threads without interpreter,
     * the others are shared by interpreters that have a GIL of their own. */
    uint32_t python_served;
    uint64_t python_inherited_live_bytes[2], python_inherited_live_blocks[2];
    uint64_t python_slab_bytes;  /* in use for small blocks */
    uint64_t python_fresh_bytes; /* of these, never given out yet: not resident */
    uint64_t python_empty_bytes; /* kept for reuse, resident */
    struct mshim_stats_python python_heaps[MSHIM_STATS_PYTHON_HEAPS];

    /*
     * To have the process give back what is retained (`mshim purge`): add 1 to purge_asked, then set
     * net_low_bytes of every record in use to INT64_MAX and net_high_bytes to INT64_MIN, so that the next
     * call of any thread comes to look. It is done once purge_done has reached purge_asked.
     */
    uint64_t purge_asked, purge_done;
    uint64_t purge_python_bytes; /* what CPython's domains gave back the last time */

    struct mshim_stats_record late; /* of threads that are ending, and those beyond MSHIM_STATS_RECORDS */
    struct mshim_stats_record records[MSHIM_STATS_FIRST_RECORDS];
} __attribute__((aligned(MSHIM_MAX_PAGE_BYTES)));

#endif
