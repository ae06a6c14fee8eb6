/* SPDX-License-Identifier: MIT */
/* #! lines as the kernel reads them, and entry scripts. */
#include "command/launch/script.h"

#include <criterion/criterion.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mshim_script script;

static bool read_script(const char *text) {
    char start[MSHIM_SCRIPT_BYTES] = {0};
    memcpy(start, text, strnlen(text, sizeof start));
    return mshim_script_read(start, &script);
}

static void assert_script(const char *text, const char *interpreter, const char *argument) {
    cr_assert(read_script(text), "%s", text);
    cr_assert_str_eq(script.interpreter, interpreter);
    cr_assert_str_eq(script.argument, argument);
}

Test(launch_script, interpreter_and_argument) {
    assert_script("#!/bin/sh\n", "/bin/sh", "");
    assert_script("#!/bin/sh", "/bin/sh", "");
    assert_script("#! \t /bin/sh \t \nmore", "/bin/sh", "");
    assert_script("#!/usr/bin/env python3\n", "/usr/bin/env", "python3");
    assert_script("#!/usr/bin/env\t -S  python3 -u \nmore", "/usr/bin/env", "-S  python3 -u");
    assert_script("#!python3\n", "python3", "");
}

Test(launch_script, what_the_kernel_refuses) {
    cr_assert(!read_script(""));
    cr_assert(!read_script("#"));
    cr_assert(!read_script("#!"));
    cr_assert(!read_script("#!\n/bin/sh\n"));
    cr_assert(!read_script("#! \t \n"));
    cr_assert(!read_script(" #!/bin/sh\n"));
}

Test(launch_script, a_path_that_is_cut_off_is_refused_an_argument_is_not) {
    char text[512];
    memset(text, 'x', sizeof text);
    text[511] = 0;
    memcpy(text, "#!/", 3);
    cr_assert(!read_script(text));
    text[255] = '\n'; /* the last byte that the kernel sees */
    cr_assert(read_script(text));
    cr_assert_eq(strlen(script.interpreter), 253);
    text[255] = ' ';
    cr_assert(read_script(text));
    text[255] = 'x';
    text[10] = ' ';
    cr_assert(read_script(text));
    cr_assert_str_eq(script.interpreter, "/xxxxxxx");
    cr_assert_eq(strlen(script.argument), 255 - 11);
    memset(text + 2, ' ', sizeof text - 3);
    cr_assert(!read_script(text));
}

Test(launch_script, any_256_bytes_are_survived) {
    unsigned random = 1;
    for (unsigned turn = 0; turn < 20000; turn++) {
        static const char likely[] = "#! \t\n/xy";
        char start[MSHIM_SCRIPT_BYTES];
        const unsigned length = (unsigned)rand_r(&random) % (sizeof start + 1);
        for (unsigned i = 0; i < sizeof start; i++)
            start[i] = i < length ? likely[(unsigned)rand_r(&random) % (sizeof likely - 1)] : 0;
        start[0] = '#';
        start[1] = '!';
        if (mshim_script_read(start, &script))
            cr_assert(script.interpreter[0] != 0);
    }
}

static void assert_entry(const char *line, const char *interpreter) {
    char text[1024], found[PATH_MAX];
    snprintf(text, sizeof text, "#!/bin/sh\n%s", line);
    const bool is_entry = mshim_script_entry(text, "/", found, sizeof found);
    cr_assert_eq(is_entry, interpreter != NULL, "%s", line);
    if (is_entry)
        cr_assert_str_eq(found, interpreter);
}

Test(launch_script, entry_scripts) {
    assert_entry("'''exec' /a/python3 \"$0\" \"$@\"\n' '''\n", "/a/python3");
    assert_entry("'''exec' \"/a b/python3\" \"$0\" \"$@\"\n' '''\n", "/a b/python3");
    assert_entry("'''exec' '/a b'/python3 \"$0\" \"$@\"\n' '''\n", "/a b/python3");
    assert_entry("'''exec' \"$HOME/python3\" \"$0\" \"$@\"\n", NULL);
    assert_entry("'''exec' \"`which python3`\" \"$0\" \"$@\"\n", NULL);
    assert_entry("'''exec' \"/a\\\"b\" \"$0\" \"$@\"\n", NULL);
    assert_entry("'''exec' /a/python3 other\n", NULL);
    assert_entry("'''exec' '/a/python3\n", NULL);
    assert_entry("'''exec' ", NULL);
    assert_entry("'''exec'  \"$0\"", NULL);
    assert_entry("exec /a/python3 \"$0\"\n", NULL);
    assert_entry("", NULL);
}

Test(launch_script, an_entry_script_that_is_longer_than_a_path) {
    char text[3 * PATH_MAX], found[PATH_MAX];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    memcpy(text, "#!/bin/sh\n'''exec' /", 20);
    cr_assert(!mshim_script_entry(text, "/", found, sizeof found));
}

static unsigned drop_line(const char *script) {
    struct mshim_script_drop drop;
    cr_assert_eq(mshim_script_drops_preload(script, &drop), drop.line > 0);
    return drop.line;
}

Test(launch_script, lines_that_take_the_preload_away) {
    cr_assert_eq(drop_line("#!/bin/sh\nexec env -i python3\n"), 2);
    cr_assert_eq(drop_line("exec /usr/bin/env - python3"), 1);
    cr_assert_eq(drop_line("a\nb\n  (cd / && env --ignore-environment python3)"), 3);
    cr_assert_eq(drop_line("env -u LD_PRELOAD python3"), 1);
    cr_assert_eq(drop_line("env --unset=LD_PRELOAD python3"), 1);
    cr_assert_eq(drop_line("env -uLD_PRELOAD python3"), 1);
    cr_assert_eq(drop_line("unset HOME LD_PRELOAD"), 1);
    cr_assert_eq(drop_line("export LD_PRELOAD=/usr/lib/libjemalloc.so"), 1);
    cr_assert_eq(drop_line("env A=1 LD_PRELOAD= python3"), 1);
    cr_assert_eq(drop_line("exec sudo -u app python3"), 1);
    cr_assert_eq(drop_line("su - app -c python3"), 1);
}

Test(launch_script, lines_that_leave_it) {
    cr_assert_eq(drop_line(""), 0);
    cr_assert_eq(drop_line("# env -i python3\necho 1 # sudo\n"), 0);
    cr_assert_eq(drop_line("env -u HOME A=1 python3 -i"), 0);
    cr_assert_eq(drop_line("unset HOME; echo $LD_PRELOAD"), 0);
    cr_assert_eq(drop_line("env -i LD_PRELOAD=/usr/local/lib/libmshim.so python3"), 0);
    cr_assert_eq(drop_line("su app -c python3"), 0);
    cr_assert_eq(drop_line("environment -i\nsudoku"), 0);
}

Test(launch_script, long_lines_and_no_end_are_no_harm) {
    static char script[20000];
    memset(script, 'x', sizeof script - 1);
    cr_assert_eq(drop_line(script), 0);
    memset(script, '\n', sizeof script - 1);
    memcpy(script + sizeof script - 8, "env -i", 6);
    cr_assert_eq(drop_line(script), sizeof script - 7);
}
