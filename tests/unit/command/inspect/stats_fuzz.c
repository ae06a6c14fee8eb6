/* SPDX-License-Identifier: MIT */
/* Whatever stands in a stats file, reading and showing it is no harm: to be run under the sanitizers. */
#include "command/inspect/row.h"
#include "shared/report/prom.h"
#include "shared/report/write.h"
#include "stats_files.h"

static uint64_t state = 0x9e3779b97f4a7c15;

static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Values at which arithmetic breaks. */
static uint64_t awkward(void) {
    static const uint64_t values[] = {0,          1,          INT64_MAX,  (uint64_t)INT64_MIN,
                                      UINT64_MAX, UINT32_MAX, 1ull << 32, 64};
    return next() % 2 ? values[next() % (sizeof values / sizeof *values)] : next();
}

/* Some bytes, or words, or all of a stretch, are others. What makes it a stats file mostly stays, or nothing
 * else would be looked at. */
static void mutate(struct stats_test_file *file) {
    const size_t kept = next() % 8 ? offsetof(struct mshim_stats, records_in_use) : 0;
    unsigned char *const bytes = (unsigned char *)file;
    for (uint64_t times = 1 + next() % 64; times > 0; times--) {
        const size_t at = kept + next() % (sizeof *file - kept);
        if (next() % 2) {
            bytes[at] = (unsigned char)next();
        } else {
            const uint64_t value = awkward();
            const size_t word = at & ~(size_t)7;
            if (word >= kept && word + sizeof value <= sizeof *file)
                memcpy(bytes + word, &value, sizeof value);
        }
    }
    if (next() % 4 == 0) {
        const size_t at = kept + next() % (sizeof *file - kept), rest = sizeof *file - at;
        memset(bytes + at, (int)next(), rest < 2048 ? rest : 2048);
    }
}

static void show(const struct mshim_report *report) {
    static struct mshim_writer writer;
    char line[MSHIM_ROW_BYTES];
    writer = (struct mshim_writer){.fd = open("/dev/null", O_WRONLY)};
    for (enum mshim_report_format format = MSHIM_REPORT_TEXT; format <= MSHIM_REPORT_PROM; format++)
        mshim_report_write(&writer, format, report);
    mshim_report_prom_all(&writer, report, 1);
    cr_assert(mshim_writer_flush(&writer));
    close(writer.fd);
    mshim_row_write(line, report, sizeof line);
    cr_assert_lt(strlen(line), sizeof line);
}

Test(inspect_stats_fuzz, mutated_files_are_read_and_shown) {
    static struct stats_test_file file;
    static struct mshim_stats_report readings[2];
    struct mshim_stats_copy copy = {.stats = NULL};
    const char *const count = getenv("MSHIM_TEST_COUNT");
    unsigned read = 0, rounds = count ? (unsigned)atoi(count) : 1000;
    cr_assert(mshim_stats_copy_make(&copy));
    for (unsigned i = 0; i < rounds; i++) {
        stats_fill(&file, (uint32_t)(next() % STATS_MAX_RECORDS));
        mutate(&file);
        const int fd = stats_write(&file, next() % 4 ? sizeof file : next() % sizeof file);
        if (mshim_stats_read(fd, &copy) == MSHIM_STATS_READ) {
            struct mshim_stats_report *const now = &readings[read % 2], *const before =
                                                                            &readings[(read + 1) % 2];
            mshim_stats_report_make(now, &copy);
            if (read++ > 0)
                mshim_stats_report_compare(now, before);
            show(&now->report);
        }
        close(fd);
    }
    mshim_stats_copy_free(&copy);
    cr_assert_gt(read, rounds / 4, "%u of %u could be read", read, rounds);
}
