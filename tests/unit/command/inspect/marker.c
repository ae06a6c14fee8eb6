/* SPDX-License-Identifier: MIT */
/* Reading the status marker of a process. */
#include "command/inspect/process.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct mshim_marker marker;

static bool parse(const char *name) {
    memset(&marker, 0, sizeof marker);
    return mshim_marker_parse(&marker, name);
}

Test(inspect_marker, all_keys) {
    cr_assert(
        parse("mshim,version=0.1.0,libc=musl,served=yes,allocator=mimalloc,allocator_version=2.0.9,stats=on "
              "(deleted)\n"));
    cr_assert(marker.found && marker.active);
    cr_assert_str_eq(marker.version, "0.1.0");
    cr_assert_str_eq(marker.libc, "musl");
    cr_assert_str_eq(marker.allocator, "mimalloc");
    cr_assert_str_eq(marker.allocator_version, "2.0.9");
    cr_assert_str_eq(marker.stats, "on");
    cr_assert_str_empty(marker.why);
}

Test(inspect_marker, not_served) {
    cr_assert(parse("mshim,served=no,why=other-libc"));
    cr_assert(marker.found && !marker.active);
    cr_assert_str_eq(marker.why, "other-libc");
}

Test(inspect_marker, others_and_odd_ones) {
    cr_assert(!parse("mshim"));
    cr_assert(!parse("mshimmer,served=yes"));
    cr_assert(!parse(""));
    cr_assert(parse("mshim,"));
    cr_assert(parse("mshim,,,=,served=yes"));
    cr_assert(marker.active);
    cr_assert(parse("mshim,served=yesterday,served,unknown=1,allocator"));
    cr_assert(!marker.active);
    cr_assert(parse("mshim,served =yes"));
    cr_assert(!marker.active);
}

Test(inspect_marker, long_values_are_cut) {
    char name[4096] = "mshim,allocator=";
    const size_t start = strlen(name);
    memset(name + start, 'x', sizeof name - start - 1);
    cr_assert(parse(name));
    cr_assert_eq(strlen(marker.allocator), sizeof marker.allocator - 1);
}

Test(inspect_marker, in_this_process) {
    cr_assert_eq(mshim_process_marker(getpid(), &marker), 0);
    const bool preloaded = marker.found;
    const int fd = (int)memfd_create("mshim,version=9,libc=glibc,served=yes,allocator=test", 0);
    cr_assert_neq(mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0), MAP_FAILED);
    cr_assert_eq(mshim_process_marker(getpid(), &marker), 0);
    cr_assert(marker.found && marker.active);
    if (!preloaded)
        cr_assert_str_eq(marker.allocator, "test");
}
