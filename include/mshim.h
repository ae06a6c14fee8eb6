/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_H
#define MSHIM_H

/*
 * mshim: how a process reads its own counters.
 *
 * The library is preloaded, not linked with: find the function by dlsym, and do without it where it is missing.
 *
 *     int (*read_counters)(struct mshim_counters *, size_t) = dlsym(RTLD_DEFAULT, "mshim_counters_read");
 *     struct mshim_counters now;
 *     if (read_counters && read_counters(&now, sizeof now) == 0)
 *         printf("%llu bytes live\n", (unsigned long long)now.memory_live_bytes);
 *
 * The status marker. A process that has loaded the library maps one page of a memfd, whose name says what is in
 * force. It can be seen in /proc/PID/maps:
 *
 *     /memfd:mshim,version=0.1.0,libc=musl,served=yes,allocator=mimalloc,allocator_version=2.0.9,stats=on
 * (deleted)
 *
 * Keys and values are separated by '=' and ','; more keys may follow. `served=no` comes with `why=other-libc` (the
 * program runs on the other libc) or `why=own-malloc` (the program defines malloc itself). Where a sandbox refuses
 * memfd_create there is no marker.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MSHIM_VERSION         "0.1.0"
#define MSHIM_COUNTERS_FORMAT 1

/* A value that is not known. */
#define MSHIM_ABSENT UINT64_MAX

enum mshim_function {
#define MSHIM_FUNCTION(name, sized, help) MSHIM_FUNCTION_##name,
#include <mshim/functions.def>
#undef MSHIM_FUNCTION
    MSHIM_FUNCTIONS
};

/* The functions that MSHIM_MEMFUNCS is about. */
enum mshim_memory_function {
#define MSHIM_MEMORY_FUNCTION(name, ...) MSHIM_MEMORY_##name,
#include <mshim/memory_functions.def>
    MSHIM_MEMORY_FUNCTIONS
};

/* Size classes: 0, 1-16, 17-32, … 1009-1024, then four per doubling up to 64 MiB, then one per doubling. */
#define MSHIM_SIZE_CLASSES 151

struct mshim_function_counters {
    uint64_t calls;           /* all, with failures and free(NULL) */
    uint64_t failures;        /* for want of memory, or for invalid arguments */
    uint64_t requested_bytes; /* of successful calls; MSHIM_ABSENT for functions that request no size */
};

struct mshim_size_class {
    uint64_t from_bytes, to_bytes; /* inclusive */
    uint64_t calls;                /* of all functions that request a size, with failures */
};

/* CPython's object and mem domains; all MSHIM_ABSENT where the shim does not serve them. Not counted again under
 * `functions`, but included in `memory` and `sizes`. In usable sizes, which are multiples of 16 for blocks of up to 512
 * bytes. */
struct mshim_python_counters {
#define MSHIM_PYTHON_COUNTER(name, kind, help) uint64_t name;
#include <mshim/python_counters.def>
#undef MSHIM_PYTHON_COUNTER
};

/* Durations of the calls of one function, estimated from samples; all MSHIM_ABSENT where there are none. Half of the calls
 * took p50_ns or less, 99 % took p99_ns or less; the longest sample took max_ns, waiting for a processor included. */
struct mshim_function_time {
    uint64_t samples, p50_ns, p99_ns, max_ns;
};

/* Sums over all threads. Counts of a thread that is inside a call may be off by that call. Values that are not known are
 * MSHIM_ABSENT. */
struct mshim_counters {
    uint32_t format;     /* MSHIM_COUNTERS_FORMAT */
    uint32_t size_bytes; /* of this struct, as the library knows it */
#define MSHIM_COUNTER(section, name, unit, kind, help) uint64_t section##_##name;
#include <mshim/counters.def>
#undef MSHIM_COUNTER
    /* CPU time in allocation calls: an estimate, and its error at 95 %. */
    uint64_t time_allocation_ns, time_allocation_error_ns;
    struct mshim_function_counters functions[MSHIM_FUNCTIONS];
    struct mshim_function_time function_times[MSHIM_FUNCTIONS];
    struct mshim_function_time python_times[2]; /* CPython's domains: mem, object */
    struct mshim_python_counters python_mem, python_object;
    struct mshim_size_class sizes[MSHIM_SIZE_CLASSES];
    /* The same for the memory functions, if those of the shim are in use. */
    uint64_t time_memory_ns, time_memory_error_ns;
    struct mshim_function_time memory_function_times[MSHIM_MEMORY_FUNCTIONS];
};

/*
 * Fills in the first `size` bytes of `*out`: pass sizeof *out. A program that was compiled with an older version of this
 * header gets the members that it knows.
 *
 * Returns 0; or -1, and leaves `*out` alone, if counters are off or the library is not active in this process. May be
 * called by any thread at any time, also by a signal handler: takes no lock, allocates nothing, leaves errno alone.
 */
int mshim_counters_read(struct mshim_counters *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
