/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/inspect/parts.h"
#include "command/launch/active.h"
#include "command/launch/plan.h"
#include "command/launch/preload.h"
#include "command/launch/variables.h"
#include "command/setup/again.h"
#include "command/setup/image.h"
#include "shared/report/figures.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    COLUMN = 16,
    PYTHON_SECONDS = 20,
    RELINK_SECONDS = 120,
    RELINK_DETAILS = 2, /* calls and thread-local variables */
    OUTPUT_BYTES = 16384,
    TO_DO_BYTES = 8192,
    NEEDED_FREE_BYTES = 4 << 20, /* of MSHIM_DIR: some dozens of stats files */
};

/* What is found out about the image's Python, and what is to be done. */
struct examination {
    const char *name; /* as it was given, or found */
    struct mshim_target target;
    struct mshim_library library; /* for its libc, beside this command; flavour MSHIM_NO_FLAVOUR: none */
    struct mshim_options options;
    char to_do[TO_DO_BYTES]; /* lines */
    bool is_well;
};

static void row(const char *title, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void row(const char *title, const char *format, ...) {
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    mshim_print("%-*s  %s", COLUMN, title, text);
}

static void to_do(struct examination *examination, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void to_do(struct examination *examination, const char *format, ...) {
    const size_t used = strlen(examination->to_do);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(examination->to_do + used, TO_DO_BYTES - used, format, arguments);
    va_end(arguments);
    if (length >= 0 && used + (size_t)length + 1 < TO_DO_BYTES)
        strcat(examination->to_do, "\n");
}

static bool find(struct examination *examination, const char *name) {
    char *const words[] = {(char *)name, NULL};
    mshim_target_resolve(&examination->target, words, getenv("PATH"));
    examination->name = name;
    return examination->target.verdict != MSHIM_TARGET_NOT_FOUND;
}

/* Starts Python, as it is or with the library; what it says of itself in `version`, and the marker. */
static bool ask_python(const struct examination *examination, const char *preload, char version[128],
                       struct mshim_marker *marker) {
    static const char script[] =
        "import sys\n"
        "gil = getattr(sys, '_is_gil_enabled', lambda: True)()\n"
        "print('python', sys.implementation.name, '%d.%d.%d' % sys.version_info[:3],\n"
        "      '' if gil else '(free-threaded)')\n"
        "for line in open('/proc/self/maps', errors='replace'):\n"
        "    if 'mshim' in line: print(line[line.index('/'):], end='')\n";
    static const char memfd[] = "/memfd:";
    static char output[OUTPUT_BYTES];
    char *const words[] = {(char *)examination->target.file, "-I", "-S", "-c", (char *)script, NULL};
    memset(marker, 0, sizeof *marker);
    version[0] = 0;
    if (mshim_run_and_read(words, preload, PYTHON_SECONDS, output, sizeof output) != 0)
        return false;
    for (char *line = strtok(output, "\n"); line; line = strtok(NULL, "\n"))
        if (strncmp(line, "python ", 7) == 0)
            snprintf(version, 128, "%.*s", (int)strcspn(line + 7, "\n"), line + 7);
        else if (strncmp(line, memfd, sizeof memfd - 1) == 0 && !marker->active)
            (void)mshim_marker_parse(marker, line + sizeof memfd - 1);
        else
            marker->stats_file_mapped |= mshim_stats_folder_length(line) > 0;
    for (size_t length = strlen(version); length > 0 && version[length - 1] == ' ';)
        version[--length] = 0;
    return version[0] != 0;
}

static void show_parts(struct examination *examination, const struct mshim_marker *marker) {
    struct mshim_part parts[MSHIM_PARTS];
    mshim_parts_make(parts, marker);
    for (size_t i = MSHIM_PART_OBJECTS; i < MSHIM_PARTS; i++)
        if (parts[i].state != MSHIM_PART_NONE)
            row(parts[i].title, "%s%s%s", parts[i].state == MSHIM_PART_ON ? "on" : "off",
                *parts[i].text ? ": " : "", parts[i].text);
    examination->is_well &= mshim_parts_all_on(parts);
    if (parts[MSHIM_PART_OBJECTS].state == MSHIM_PART_OFF && strncmp(marker->python_why, "PYTHON", 6) == 0)
        to_do(examination, "ENV %s=", marker->python_why);
}

/* The library that an image should preload: that of LD_PRELOAD's place where it is the right one. */
static const char *library_path(const struct examination *examination) {
    return examination->library.flavour == MSHIM_NO_FLAVOUR ? NULL : examination->library.path;
}

static void examine_python(struct examination *examination) {
    const struct mshim_target *const target = &examination->target;
    char version[128], why[2 * PATH_MAX];
    struct mshim_marker marker;
    static struct mshim_library preloaded;
    if (target->verdict != MSHIM_TARGET_LOADABLE) {
        mshim_target_explain(target, why, sizeof why);
        row("Python", "%s", why);
        examination->is_well = false;
        return;
    }
    const char *const libc = mshim_flavour_name(target->flavour);
    if (!mshim_library_find(&examination->library, target->flavour))
        examination->library.flavour = MSHIM_NO_FLAVOUR;
    if (!ask_python(examination, NULL, version, &marker)) {
        row("Python", "%s: it runs on %s, and does not start", target->file, libc);
        examination->is_well = false;
        return;
    }
    row("Python", "%s: %s on %s", target->file, version, libc);
    if (marker.active) {
        row("shim", "active: %s %s (mshim %s)", marker.allocator, marker.allocator_version, marker.version);
    } else {
        if (marker.found)
            mshim_marker_explain_inactive(&marker, why, sizeof why);
        else if (mshim_preload_is_active(getenv("LD_PRELOAD"), target->flavour, &preloaded, why, sizeof why))
            snprintf(why, sizeof why, "LD_PRELOAD is right, but Python runs without it");
        row("shim", "not active: %s", why);
        examination->is_well = false;
        if (library_path(examination)) {
            to_do(examination, "ENV LD_PRELOAD=%s", library_path(examination));
            if (ask_python(examination, library_path(examination), version, &marker) && marker.active)
                mshim_print("With LD_PRELOAD=%s it would be:", library_path(examination));
        } else {
            row("library", "there is none for %s (%s)", libc, examination->library.path);
        }
    }
    if (marker.active)
        show_parts(examination, &marker);
    if (*marker.thread_stack) {
        row("thread stack", "%s", marker.thread_stack);
    } else {
        mshim_image_thread_stack(target->flavour == MSHIM_MUSL, why, sizeof why);
        row("thread stack", "%s", why);
    }
}

/* The first line of what `mshim relink --check` says, and the first of what is indented below it. */
static void examine_relinking(struct examination *examination) {
    static char output[OUTPUT_BYTES];
    char *const words[] = {MSHIM_THIS_COMMAND, "relink", "--check", examination->target.file, NULL};
    if (examination->target.verdict != MSHIM_TARGET_LOADABLE)
        return;
    const int status = mshim_run_and_read(words, NULL, RELINK_SECONDS, output, sizeof output);
    char *line = strtok(output, "\n");
    const char *const text = line && strstr(line, ": ") ? strstr(line, ": ") + 2 : "it cannot be said";
    row("relinked", "%s: %s",
        status == MSHIM_DONE ? "yes"
        : status == MSHIM_NO ? "no"
                             : "not possible",
        text);
    for (unsigned i = 0; i < RELINK_DETAILS && status == MSHIM_NO && (line = strtok(NULL, "\n"));)
        if (strncmp(line, "  ", 2) == 0 && line[2] != ' ') {
            row("", "%s", line + 2);
            i++;
        }
    if (status == MSHIM_NO)
        to_do(examination, "RUN mshim relink %s", examination->target.file);
}

static void examine_folder(struct examination *examination) {
    const char *const path = examination->options.dir;
    const struct mshim_image_folder folder = mshim_image_folder(path);
    if (!folder.is_there) {
        row(path, "is not there: live counters are in private memory");
    } else {
        row(path, "%s, %s free%s", mshim_figure_bytes(folder.size_bytes).text,
            mshim_figure_bytes(folder.free_bytes).text,
            folder.is_writable ? "" : ", may not be written to: live counters are in private memory");
        if (folder.is_writable && folder.free_bytes >= NEEDED_FREE_BYTES)
            return;
    }
    examination->is_well = false;
    if (strcmp(path, "/dev/shm") == 0 && folder.is_there)
        to_do(examination, "docker run --shm-size=256m ...");
    else
        to_do(examination, "ENV MSHIM_DIR=/dev/shm");
}

static void examine_variables(struct examination *examination) {
    static struct mshim_plan plan;
    char misspelt[1024], *line;
    (void)mshim_variables_misspelt((const char *const *)environ, misspelt, sizeof misspelt);
    const bool valid = mshim_plan_read_options(&plan);
    examination->options = plan.options;
    for (line = strtok(misspelt, "\n"); line; line = strtok(NULL, "\n")) {
        row("variable", "%s", line);
        examination->is_well = false;
    }
    for (line = valid ? NULL : strtok(plan.why, "\n"); line; line = strtok(NULL, "\n")) {
        row("variable", "%s", line);
        examination->is_well = false;
    }
}

static void print_to_do(const struct examination *examination) {
    if (!*examination->to_do && examination->is_well)
        puts("\nNothing is to be done. To prove it in a container that runs: mshim check --strict 1");
    if (!*examination->to_do)
        return;
    printf("\nTo do, in a Dockerfile or where it says so:\n%s", examination->to_do);
    puts("Then, in a container that runs: mshim check --strict 1");
}

int mshim_command_doctor(int argc, char **argv) {
    static struct examination examination = {.is_well = true};
    char text[512];
    int status;
    if (mshim_next_flag(argc, argv, "", &status) == '?')
        return status;
    if (optind + 1 < argc)
        return mshim_misuse(argv[0], "%s: one Python", argv[0]);
    mshim_image_name(text, sizeof text);
    row("image", "%s", text);
    examine_variables(&examination);
    if (optind < argc ? find(&examination, argv[optind])
                      : find(&examination, "python3") || find(&examination, "python")) {
        examine_python(&examination);
        examine_relinking(&examination);
    } else {
        row("Python", "%s: not found", optind < argc ? argv[optind] : "python3, python");
        examination.is_well = false;
    }
    mshim_image_sandbox(text, sizeof text);
    row("sandbox", "%s", text);
    examine_folder(&examination);
    print_to_do(&examination);
    return examination.is_well ? MSHIM_DONE : MSHIM_NO;
}
