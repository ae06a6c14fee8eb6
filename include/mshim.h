/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_H
#define MSHIM_H

/*
 * mshim: reading the counters of the process that one is in.
 *
 * The library is preloaded, not linked: find the function with dlsym, and go on without it where it is
 * missing.
 *
 *     int (*read_counters)(struct mshim_counters *, size_t) = dlsym(RTLD_DEFAULT, "mshim_counters_read");
 *     struct mshim_counters now;
 *     if (read_counters && read_counters(&now, sizeof now) == 0)
 *         printf("%llu bytes live\n", (unsigned long long)now.memory_live_bytes);
 *
 * The status marker. Every process that the library was loaded into maps one page of a memfd whose name says
 * what is in force; it is seen in /proc/PID/maps as
 *
 *     /memfd:mshim,version=0.1.0,libc=musl,served=yes,allocator=mimalloc,allocator_version=2.0.9,stats=on
 * (deleted)
 *
 * Keys and values are separated by '=' and ','; more keys may follow. `served=no` comes with `why=other-libc`
 * (the program runs on the other libc) or `why=own-malloc` (the program defines malloc itself). A sandbox
 * that refuses memfd_create leaves a process without the marker.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MSHIM_VERSION         "0.1.0"
#define MSHIM_COUNTERS_FORMAT 1

/* A value that could not be had. */
#define MSHIM_ABSENT UINT64_MAX

enum mshim_function {
#define MSHIM_FUNCTION(name, sized, help) MSHIM_FUNCTION_##name,
#include <mshim/functions.def>
#undef MSHIM_FUNCTION
    MSHIM_FUNCTIONS
};

/* Which the shim has for musl. */
enum mshim_memory_function {
#define MSHIM_MEMORY_FUNCTION(name, ...) MSHIM_MEMORY_##name,
#include <mshim/memory_functions.def>
    MSHIM_MEMORY_FUNCTIONS
};

/* Size classes: 0, 1-16, 17-32, … 1009-1024, then four a doubling up to 64 MiB, then one a doubling. */
#define MSHIM_SIZE_CLASSES 151

struct mshim_function_counters {
    uint64_t calls;           /* all, failures and free(NULL) too */
    uint64_t failures;        /* calls that gave no memory, or refused their arguments */
    uint64_t requested_bytes; /* of calls that succeeded; MSHIM_ABSENT where no size is asked for */
};

struct mshim_size_class {
    uint64_t from_bytes, to_bytes; /* inclusive */
    uint64_t calls;                /* of all functions that ask for a size, failures too */
};

/* What CPython's object and mem domains were served; all MSHIM_ABSENT where pymalloc serves them. Not counted
 * again under `functions`; `memory` and `sizes` include it. Sizes are usable sizes, those of blocks up to 512
 * bytes known by class. */
struct mshim_python_counters {
#define MSHIM_PYTHON_COUNTER(name, kind, help) uint64_t name;
#include <mshim/python_counters.def>
#undef MSHIM_PYTHON_COUNTER
};

/* Calls of one function, as timed by samples; all MSHIM_ABSENT where there is none. Half of the calls took at
 * most p50_ns; the longest sample is max_ns, time that the thread waited for a processor included. */
struct mshim_function_time {
    uint64_t samples, p50_ns, p99_ns, max_ns;
};

/* The sum over all threads. A thread that is inside a call while it is read may be off by that one call. */
struct mshim_counters {
    uint32_t format;     /* MSHIM_COUNTERS_FORMAT */
    uint32_t size_bytes; /* of this struct, as the library knows it */
#define MSHIM_COUNTER(section, name, unit, kind, help) uint64_t section##_##name;
#include <mshim/counters.def>
#undef MSHIM_COUNTER
    /* Time in allocation calls, of the CPU time, estimated, and its error at 95 %; MSHIM_ABSENT where it was
     * not measured. */
    uint64_t time_allocation_ns, time_allocation_error_ns;
    struct mshim_function_counters functions[MSHIM_FUNCTIONS];
    struct mshim_function_time function_times[MSHIM_FUNCTIONS];
    struct mshim_function_time python_times[2]; /* calls in CPython's domains: mem, object */
    struct mshim_python_counters python_mem, python_object;
    struct mshim_size_class sizes[MSHIM_SIZE_CLASSES];
    /* The same of the memory functions, where the shim's are in force and could be watched. */
    uint64_t time_memory_ns, time_memory_error_ns;
    struct mshim_function_time memory_function_times[MSHIM_MEMORY_FUNCTIONS];
};

/*
 * Fills `*out` with the counters of this process, at most `size` bytes of it.
 *
 * Returns 0, or -1 where counters are off or the library has stepped aside (`*out` is left alone). Takes no
 * lock, allocates nothing, leaves errno alone; may be called by any thread at any time, also in a signal
 * handler.
 */
int mshim_counters_read(struct mshim_counters *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
