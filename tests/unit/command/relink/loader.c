/* SPDX-License-Identifier: MIT */
/* Where each loader looks for a library. */
#include "command/relink/loader.h"
#include "command/relink/loader_cache.h"

#include <criterion/criterion.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64], found[PATH_MAX];
static struct mshim_loader musl, glibc;

/* "a/libx.so" below the root, as something that looks like a library. */
static char *library(const char *place) {
    static char paths[8][PATH_MAX];
    static unsigned used;
    char *path = paths[used++ % 8];
    char command[3 * PATH_MAX];
    snprintf(path, PATH_MAX, "%s/%s", root, place);
    snprintf(command, sizeof command, "mkdir -p \"$(dirname %s)\" && cp /proc/self/exe %s", path, path);
    cr_assert_eq(system(command), 0);
    return path;
}

static void begin(void) {
    snprintf(root, sizeof root, "/tmp/relink_loader.XXXXXX");
    cr_assert(mkdtemp(root));
    unsetenv("LD_LIBRARY_PATH");
    musl = (struct mshim_loader){.is_musl = true};
    snprintf(musl.path, sizeof musl.path, "%s", library("lib/ld-musl-x86_64.so.1"));
    glibc = (struct mshim_loader){.is_musl = false};
}

static void end(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", root);
    cr_assert_eq(system(command), 0);
}

TestSuite(relink_loader, .init = begin, .fini = end);

static bool finds(const struct mshim_loader *loader, const struct mshim_needing *object, const char *name,
                  const char *path) {
    return mshim_loader_find(found, loader, object, name) && strcmp(found, path) == 0;
}

static struct mshim_needing program(void) {
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/bin/python3", root);
    return (struct mshim_needing){.path = path};
}

Test(relink_loader, origin_is_the_folder_of_the_object) {
    struct mshim_needing object = program();
    char *beside = library("bin/libx.so"), *below = library("bin/../lib2/liby.so");
    object.rpath = "/nowhere:$ORIGIN/../lib2:${ORIGIN}";
    cr_assert(finds(&musl, &object, "libx.so", beside) && finds(&glibc, &object, "libx.so", beside));
    cr_assert(finds(&musl, &object, "liby.so", below) && finds(&glibc, &object, "liby.so", below));
    cr_assert_not(mshim_loader_find(found, &musl, &object, "libz.so"));
    object.rpath = "$SOMETHING/bin";
    cr_assert_not(mshim_loader_find(found, &glibc, &object, "libx.so"));
}

Test(relink_loader, environment_comes_first_on_musl_and_behind_rpath_on_glibc) {
    struct mshim_needing object = program();
    char *own = library("own/libx.so"), *set = library("set/libx.so");
    char rpath[PATH_MAX], environment[PATH_MAX];
    snprintf(rpath, sizeof rpath, "%s/own", root);
    snprintf(environment, sizeof environment, "%s/set", root);
    setenv("LD_LIBRARY_PATH", environment, 1);
    object.rpath = rpath;
    cr_assert(finds(&musl, &object, "libx.so", set));
    cr_assert(finds(&glibc, &object, "libx.so", own));
    object.runpath = rpath;
    cr_assert(finds(&glibc, &object, "libx.so", set));
    setenv("LD_LIBRARY_PATH", "", 1);
    cr_assert(finds(&glibc, &object, "libx.so", own));
}

Test(relink_loader, paths_of_those_that_need_it_count_as_each_loader_has_them) {
    struct mshim_needing first = program();
    struct mshim_needing object = {.path = "/some/liby.so", .by = &first};
    char *inherited = library("bin/libx.so");
    first.rpath = "$ORIGIN";
    cr_assert(finds(&musl, &object, "libx.so", inherited) && finds(&glibc, &object, "libx.so", inherited));
    first.runpath = "$ORIGIN"; /* glibc: for the object's own needs only */
    cr_assert(finds(&musl, &object, "libx.so", inherited));
    cr_assert_not(mshim_loader_find(found, &glibc, &object, "libx.so"));
}

Test(relink_loader, musl_serves_the_libc_itself) {
    struct mshim_needing object = program();
    cr_assert(finds(&musl, &object, "libc.so", musl.path));
    cr_assert(finds(&musl, &object, "libc.musl-x86_64.so.1", musl.path));
    cr_assert(finds(&musl, &object, "libpthread.so.0", musl.path));
    cr_assert_not(mshim_loader_find(found, &musl, &object, "libcrypt.so"));
}

Test(relink_loader, musl_reads_its_list_beside_its_prefix) {
    struct mshim_needing object = program();
    char *listed = library("opt/libx.so");
    char list[PATH_MAX];
    snprintf(list, sizeof list, "%s/etc", root);
    cr_assert_eq(mkdir(list, 0755), 0);
    snprintf(list, sizeof list, "%s/etc/ld-musl-x86_64.path", root);
    FILE *file = fopen(list, "w");
    fprintf(file, "/nowhere\n%s/opt\n", root);
    fclose(file);
    cr_assert(finds(&musl, &object, "libx.so", listed));
}

Test(relink_loader, a_name_with_a_folder_is_a_path) {
    struct mshim_needing object = program();
    char *path = library("a/libx.so");
    cr_assert(finds(&glibc, &object, path, path));
    cr_assert(finds(&musl, &object, path, path));
}

Test(relink_loader, glibc_goes_past_what_is_no_library_of_this_machine) {
    struct mshim_needing object = program();
    char *right = library("right/libx.so"), *wrong = library("wrong/libx.so");
    char rpath[2 * PATH_MAX];
    FILE *file = fopen(wrong, "w");
    fputs("INPUT(libx.so.1)\n", file);
    fclose(file);
    snprintf(rpath, sizeof rpath, "%s/wrong:%s/right", root, root);
    object.rpath = rpath;
    cr_assert(finds(&glibc, &object, "libx.so", right));
}

/* As glibc's dl-cache.h describes it. */
struct cache {
    char magic[17], version[3];
    uint32_t count, texts_bytes;
    uint32_t unused[5];
    struct {
        int32_t kind;
        uint32_t name, path, system;
        uint64_t processor;
    } entry[3];
    char texts[64];
};

Test(relink_loader, glibcs_cache_is_read_within_its_bounds) {
    struct cache cache = {.magic = "glibc-ld.so.cache", .version = "1.1", .count = 3};
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/cache", root);
    memcpy(cache.texts, "libx.so\0/for/another/cpu\0/the/right/one\0", 40);
    const uint32_t name = offsetof(struct cache, texts);
    for (unsigned i = 0; i < 3; i++) {
        cache.entry[i].kind = i == 0 ? 0x0803 : 0x0303; /* the first is of another machine */
        cache.entry[i].name = name;
        cache.entry[i].path = name + (i == 2 ? 25 : 8);
        cache.entry[i].processor = i == 1 ? 4 : 0;
    }
    for (size_t size = 0; size <= sizeof cache; size++) {
        FILE *file = fopen(path, "w");
        fwrite(&cache, 1, size, file);
        fclose(file);
        const bool there = mshim_loader_cache_find(found, path, "libx.so");
        cr_assert(size < sizeof cache || (there && strcmp(found, "/the/right/one") == 0));
        cr_assert_not(mshim_loader_cache_find(found, path, "liby.so"));
    }
    cache.count = UINT32_MAX;
    cache.entry[2].path = UINT32_MAX;
    FILE *file = fopen(path, "w");
    fwrite(&cache, 1, sizeof cache, file);
    fclose(file);
    cr_assert_not(mshim_loader_cache_find(found, path, "libx.so"));
    cr_assert_not(mshim_loader_cache_find(found, "/nowhere", "libx.so"));
}
