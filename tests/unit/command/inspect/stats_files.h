/* SPDX-License-Identifier: MIT */
#ifndef INSPECT_SUPPORT_H
#define INSPECT_SUPPORT_H

#include "command/inspect/stats_report.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A stats file as a process with `records` threads would have it, and what is in it. */
enum {
    STATS_MALLOCS = 1000,
    STATS_SIZE_BYTES = 48,
    STATS_BYTES_EACH = 64,
    STATS_OBJECTS = 7,
    STATS_MAX_RECORDS = 16
};

struct stats_test_file {
    struct mshim_stats stats;
    struct mshim_stats_record more[STATS_MAX_RECORDS];
};

/* Each record counts STATS_MALLOCS calls of malloc for STATS_SIZE_BYTES. */
static inline void stats_fill(struct stats_test_file *file, uint32_t records) {
    memset(file, 0, sizeof *file);
    struct mshim_stats *const stats = &file->stats;
    stats->magic = MSHIM_STATS_MAGIC;
    stats->format = MSHIM_STATS_FORMAT;
    stats->size_bytes = sizeof *stats;
    stats->record_bytes = sizeof(struct mshim_stats_record);
    stats->records_in_use = records;
    stats->counting = 1;
    stats->id = 0x1234;
    stats->pid = 4242;
    stats->parent_pid = 1;
    strcpy(stats->program, "app");
    strcpy(stats->libc, "musl");
    strcpy(stats->shim_version, "0.0.9");
    strcpy(stats->allocator, "jemalloc");
    strcpy(stats->allocator_version, "5.3.0");
    static const char options[] = "MSHIM_ALLOCATOR=jemalloc\0MSHIM_THREAD_STACK=512K\0";
    memcpy(stats->options, options, sizeof options);
    uint64_t *const published[] = {&stats->updated_ns,    &stats->user_cpu_ns,  &stats->system_cpu_ns,
                                   &stats->minor_faults,  &stats->major_faults, &stats->peak_rss_bytes,
                                   &stats->retained_bytes};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        *published[i] = MSHIM_ABSENT;
    stats->memory_bytes = 4096;
    stats->python_active = 1;
    stats->python_heaps[0].domains[1].small[0].allocated = STATS_OBJECTS;
    for (uint32_t i = 0; i < records; i++) {
        struct mshim_stats_record *const record =
            i < MSHIM_STATS_FIRST_RECORDS ? &stats->records[i] : &file->more[i - MSHIM_STATS_FIRST_RECORDS];
        record->sizes[STATS_SIZE_BYTES / 16] = STATS_MALLOCS;
        record->requested_bytes[MSHIM_FUNCTION_malloc] = STATS_MALLOCS * STATS_SIZE_BYTES;
        record->allocated_bytes = STATS_MALLOCS * STATS_BYTES_EACH;
    }
}

/* A file without a name that begins with `bytes` of `content`. */
static inline int stats_write(const void *content, size_t bytes) {
    char path[] = "/tmp/mshim-stats-XXXXXX";
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    unlink(path);
    cr_assert_eq(pwrite(fd, content, bytes, 0), (ssize_t)bytes);
    return fd;
}

#endif
