/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_STATS_H
#define MSHIM_STATS_H

/*
 * The stats file: the live counters of one process, in a file that another process can read at any time, also
 * after the process was killed. Reading it costs the process nothing. (To read one's own counters, see
 * mshim.h.)
 *
 * Name. MSHIM_DIR/mshim-UID/PID-ID.page: the folder has mode 0700, the files 0600. ID is 16 hexadecimal
 * digits.
 *
 * Layout. One struct mshim_stats, at the end of which are the records of the first MSHIM_STATS_FIRST_RECORDS
 * threads; further records follow it in the file, `records_in_use` in all. The file is longer than what is in
 * use and sparse there. Numbers are in the byte order of the machine.
 *
 * Reading. Open it, read or map all of it, and check `magic`, `format` and `size_bytes`; a reader of another
 * format should say so and stop. Trust nothing else: whoever may write to the file may have written anything.
 * Each value is stored at once, so none is ever half written, but a call stores several, one after the other:
 * counts of a thread that is inside a call may be off by that call. A value that is not known is
 * MSHIM_ABSENT, unless its comment says otherwise.
 *
 * State. The process holds flock(LOCK_EX) on the file for as long as it lives. A reader tries
 * flock(LOCK_SH | LOCK_NB) on a descriptor of its own:
 *   - EWOULDBLOCK: the process is running;
 *   - otherwise, with `state` MSHIM_STATS_ENDED: it exited normally;
 *   - otherwise, if a process with its `pid` and `start_ticks` exists: it has become, by exec, a program
 *     in which the shim is not active (one in which it is takes over the file of the former program);
 *   - otherwise: it was killed, or crashed.
 * Where the filesystem has no locks, pid and start time have to do.
 *
 * Truncating. Never truncate a stats file whose process runs: the process is ended by SIGBUS at its next call. (The
 * process cannot guard against that. Only a memfd can be sealed, and it has no name that outlives the process; a
 * private mapping of the file faults in the same way; a copy made now and then would be out of date when the process
 * is killed; and the handler of SIGBUS is the program's.) To remove it is harmless.
 */

#include <mshim.h>
#include <stdint.h>

/* "mshimpag" as little-endian bytes. Written last: where it is, all that does not change is there. */
#define MSHIM_STATS_MAGIC  0x676170696d68736dull
#define MSHIM_STATS_FORMAT 3

enum {
    MSHIM_STATS_FIRST_RECORDS = 2,
    MSHIM_STATS_RECORDS = 1024,      /* threads beyond these share one record */
    MSHIM_STATS_PYTHON_CLASSES = 32, /* class c: blocks of (c + 1) * MSHIM_STATS_PYTHON_STEP_BYTES */
    MSHIM_STATS_PYTHON_STEP_BYTES = 16,
    MSHIM_STATS_PYTHON_HEAPS = 4,
    MSHIM_STATS_TEXT_BYTES = 64,
    MSHIM_STATS_OPTIONS_BYTES = 2048,
    MSHIM_STATS_BURST_CALLS = 16, /* timed one after the other */
    MSHIM_STATS_TIMING_CLASSES = 48,
    MSHIM_STATS_TIMING_PYTHON = MSHIM_FUNCTIONS, /* rows of CPython's domains: mem, object */
    MSHIM_STATS_TIMING_ROWS = MSHIM_FUNCTIONS + 2,
};

/* The largest page size of a kernel for this architecture. */
#ifdef __aarch64__
#define MSHIM_MAX_PAGE_BYTES 65536
#else
#define MSHIM_MAX_PAGE_BYTES 4096
#endif

enum mshim_stats_state {
    MSHIM_STATS_RUNNING,
    MSHIM_STATS_ENDED, /* by exit, exec failures and signals apart */
};

/*
 * Timing, of all threads together: added to atomically. A few calls are timed, by the cycle counter, and each kernel
 * tick that came within a call is counted. (How calls are chosen: shim/library/sampling/sampler.h; what is made of the
 * samples: shim/shared/stats/time_estimate.h.) A sample has a weight: the number of calls it stands for. Cycles are
 * raw: those of reading the counter, `empty_call_cycles` of the file, are included.
 */

/* The timed calls of one function. Time class 0 is 0 cycles, class 1 + i begins at 2^(i/2) cycles, the last
 * one is open. */
struct mshim_stats_timing_row {
    uint64_t samples;       /* unweighted */
    uint64_t calls, cycles; /* weighted sums */
    uint64_t max_cycles;
    uint64_t classes[MSHIM_STATS_TIMING_CLASSES]; /* weighted calls, by time class */
};

/* Ticks that came within calls. The weight of each is 1 and the number of ticks before it that went
 * unobserved. */
struct mshim_stats_ticks {
    uint64_t weights, squared_weights; /* sums */
};

/* The malloc family and CPython's domains, of all threads together: added to atomically. Samples are few. */
struct mshim_stats_timing {
    /* Bursts of MSHIM_STATS_BURST_CALLS timed calls in close succession; weighted sums. A timed call stands
     * between two fences, so it does not overlap with its surroundings as others do. */
    uint64_t bursts;
    uint64_t burst_call_cycles; /* within their calls */
    uint64_t burst_cycles;      /* from the beginning of the first to the end of the last */
    uint64_t
        unfenced_cycles; /* of as many calls, with what is between them, just before: not timed one by one */
    /* Ticks within calls that come in close succession, and within others and large ones. */
    struct mshim_stats_ticks dense_ticks, sparse_ticks;
    /* Calls are slower while they are watched for a tick: what the watched ones took, and what as many took
     * just before. Close succession only. */
    uint64_t watched_cycles, unwatched_cycles;
    struct mshim_stats_timing_row rows[MSHIM_STATS_TIMING_ROWS];
};

/* The same for the memory functions. */
struct mshim_stats_memfuncs_timing {
    uint64_t
        ticks_seen; /* ticks for which they were watched, wherever these came; 0: no estimate can be made */
    struct mshim_stats_ticks ticks; /* within them */
    struct mshim_stats_timing_row rows[MSHIM_MEMORY_FUNCTIONS];
};

/* The counts of one thread at a time, written by that thread alone. A thread that ends leaves its record,
 * counts and all, to the next one that starts. */
struct mshim_stats_record {
    int64_t net_low_bytes, net_high_bytes; /* while allocated - freed is in this band, nothing is published */
    uint64_t allocated_bytes, freed_bytes; /* usable sizes */
    uint64_t sizes[MSHIM_SIZE_CLASSES];    /* calls that ask for a size, by size class */
    uint64_t calls[MSHIM_FUNCTIONS]; /* 0 for malloc, whose calls are those in `sizes` less all others */
    uint64_t failures[MSHIM_FUNCTIONS];
    uint64_t requested_bytes[MSHIM_FUNCTIONS];
    uint64_t frees_of_null, realloc_allocated_blocks, realloc_freed_blocks;
    uint64_t realloc_in_place, realloc_moved, realloc_copied_bytes;
    uint64_t python_calls;    /* of CPython's domains, in `sizes` too: not calls of a function */
    int64_t python_net_bytes; /* allocated - freed in CPython's domains by this thread */
    int64_t published_bytes;  /* what this record has added to `live_bytes` so far */
} __attribute__((aligned(64)));

struct mshim_stats_python_class {
    uint64_t allocated, freed; /* blocks */
};

/* One of CPython's domains, in usable sizes. */
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
    uint64_t magic;          /* MSHIM_STATS_MAGIC */
    uint32_t format;         /* MSHIM_STATS_FORMAT */
    uint32_t size_bytes;     /* of this struct: where further records begin */
    uint32_t record_bytes;   /* sizeof (struct mshim_stats_record) */
    uint32_t records_in_use; /* never shrinks */
    uint32_t state;          /* enum mshim_stats_state */
    uint32_t counting;       /* 0: MSHIM_STATS=off */

    /* The process. */
    uint64_t id, parent_id; /* of this file, and of that of the process it was forked from (0: none) */
    uint64_t pid, parent_pid, user_id;
    uint64_t pid_namespace;   /* inode number; 0: not known */
    uint64_t start_ticks;     /* field 22 of /proc/PID/stat; 0: not known */
    uint8_t boot_id[16];      /* /proc/sys/kernel/random/boot_id; zeros: not known */
    uint64_t started_unix_ns; /* CLOCK_REALTIME; of a forked child the time of the fork */
    uint64_t started_ns;      /* CLOCK_MONOTONIC, the same moment */
    char program[MSHIM_STATS_TEXT_BYTES], libc[16];
    char shim_version[16], allocator[32], allocator_version[32];
    char python[MSHIM_STATS_TEXT_BYTES]; /* "python=on", "python=off python_why=PYTHONMALLOC" */
    /* The options in force that have a value, as an environment: "MSHIM_ALLOCATOR=mimalloc" and so on, each
     * ended by a NUL, and an empty string at the end. An option for which there is no space is left out. */
    char options[MSHIM_STATS_OPTIONS_BYTES];

    /* What the process publishes now and then, while it allocates. For one that is running the kernel knows
     * better.
     */
    uint64_t updated_ns; /* CLOCK_MONOTONIC, of the values down to peak_rss_bytes */
    uint64_t user_cpu_ns, system_cpu_ns;
    uint64_t minor_faults, major_faults;
    uint64_t peak_rss_bytes;
    uint64_t retained_bytes; /* resident in the allocators' mappings and not live */
    uint64_t memory_bytes;   /* of the shim itself */

    /* Sums over all threads, added to atomically. */
    int64_t live_bytes, peak_live_bytes; /* published ones: each thread may hold back up to 64 KiB */
    uint64_t threads_started, threads_ended;
    uint64_t inherited_live_bytes, inherited_live_blocks; /* of a forked child; without CPython's domains */
    struct {
        uint64_t mmap_calls, mmap_bytes, munmap_calls, munmap_bytes, madvise_calls, madvise_bytes;
    } kernel; /* by the selected allocator and the one for CPython's objects; mremap counts as mmap and munmap
               */
    uint32_t kernel_counted; /* 0: the allocator is not the shim's own (`system`), these are not known */

    /* The cycle counter and CLOCK_MONOTONIC, read together at first and at last. */
    uint64_t from_cycles, from_ns, to_cycles, to_ns;
    /* In a burst of calls that do nothing: what a call seems to take, and what passes between two. */
    double empty_call_cycles, empty_gap_cycles;
    uint64_t tick_ns; /* period of the kernel's tick; 0: ticks cannot be observed */
    struct mshim_stats_timing timing;
    struct mshim_stats_memfuncs_timing memfuncs_timing;

    /* CPython's domains. Heap 0 is the main interpreter's, the last one that of threads without an
     * interpreter, the others are shared by interpreters that have a GIL of their own. */
    uint32_t python_active; /* 0: the shim does not serve them */
    uint64_t python_inherited_live_bytes[2], python_inherited_live_blocks[2];
    uint64_t python_slab_bytes;  /* in use for small blocks */
    uint64_t python_fresh_bytes; /* of these, never handed out so far, thus not resident */
    uint64_t python_empty_bytes; /* kept for reuse, resident */
    struct mshim_stats_python python_heaps[MSHIM_STATS_PYTHON_HEAPS];

    /*
     * To have the process return retained memory to the kernel (`mshim purge`): add 1 to purge_requested,
     * then set net_low_bytes of every record in use to INT64_MAX and net_high_bytes to INT64_MIN, so that the
     * next call of any thread leaves its band and notices. Done when purge_done has reached purge_requested.
     */
    uint64_t purge_requested, purge_done;
    uint64_t purge_python_bytes; /* returned by CPython's domains at the last purge */

    /* Shared, under a lock, by threads without a record: those beyond MSHIM_STATS_RECORDS, and ending ones.
     */
    struct mshim_stats_record overflow;
    struct mshim_stats_record records[MSHIM_STATS_FIRST_RECORDS];
} __attribute__((aligned(MSHIM_MAX_PAGE_BYTES)));

#endif
