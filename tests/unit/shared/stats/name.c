/* SPDX-License-Identifier: MIT */
/* Names of stats files and of their folders: as written, and as found in a folder that anyone can write to.
 */
#include "shared/stats/name.h"

#include <criterion/criterion.h>
#include <string.h>

Test(stats_name, files_are_written_and_read) {
    static const struct {
        uint64_t pid, id;
        const char *name;
    } files[] = {
        {1, 0, "1-0000000000000000.page"},
        {29496, 0x1a2ec83cb9071996, "29496-1a2ec83cb9071996.page"},
        {4194304, UINT64_MAX, "4194304-ffffffffffffffff.page"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[MSHIM_STATS_NAME_BYTES];
        uint64_t pid = 0;
        mshim_stats_name(files[i].pid, files[i].id, name);
        cr_assert_str_eq(name, files[i].name);
        cr_assert(mshim_stats_name_parse(name, &pid));
        cr_assert_eq(pid, files[i].pid);
    }
}

Test(stats_name, the_longest_file_name_fits) {
    char name[MSHIM_STATS_NAME_BYTES];
    mshim_stats_name(UINT64_MAX, UINT64_MAX, name);
    cr_assert_str_eq(name, "18446744073709551615-ffffffffffffffff.page");
}

Test(stats_name, an_id_may_have_any_length) {
    uint64_t pid = 0;
    cr_assert(mshim_stats_name_parse("7-a.page", &pid));
    cr_assert(mshim_stats_name_parse("7-00112233445566778899.page", &pid));
    cr_assert_eq(pid, 7);
}

Test(stats_name, other_files_are_refused) {
    static const char *const names[] = {
        "",           ".",          "..",          "page",
        ".page",      "7.page",     "-.page",      "7-.page",
        "-a.page",    "7-a",        "7-a.pag",     "7-a.page.",
        "7-a.page2",  "7-A.page",   "7-g.page",    "7-a.page/..",
        "7 -a.page",  "+7-a.page",  "-7-a.page",   " 7-a.page",
        "7--a.page",  "0x7-a.page", "7-a/b.page",  "7-a.PAGE",
        "7-a.page\n", "7-0xa.page", "../7-a.page", "12345678901234567890-a.page",
    };
    uint64_t pid;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_assert_not(mshim_stats_name_parse(names[i], &pid), "%s", names[i]);
}

Test(stats_name, folders_are_written_and_read) {
    static const uint64_t users[] = {0, 1000, UINT32_MAX};
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        char name[MSHIM_STATS_FOLDER_NAME_BYTES];
        uint64_t user = 1;
        mshim_stats_folder_name(users[i], name);
        cr_assert(mshim_stats_folder_name_parse(name, &user));
        cr_assert_eq(user, users[i]);
    }
    char name[MSHIM_STATS_FOLDER_NAME_BYTES];
    mshim_stats_folder_name(1000, name);
    cr_assert_str_eq(name, "mshim-1000");
}

Test(stats_name, other_folders_are_refused) {
    static const char *const names[] = {"",
                                        "mshim",
                                        "mshim-",
                                        "mshim-a",
                                        "mshim-1a",
                                        "mshim-1/",
                                        "mshim--1",
                                        "mshim-+1",
                                        "mshim- 1",
                                        "Mshim-1",
                                        "xmshim-1",
                                        "mshim-1\n",
                                        "mshim-4294967296",
                                        "mshim-18446744073709551616",
                                        "mshim-00000000000000000001"};
    uint64_t user;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_assert_not(mshim_stats_folder_name_parse(names[i], &user), "%s", names[i]);
}
