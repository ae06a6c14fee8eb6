/* SPDX-License-Identifier: MIT */
#include "command/compare/machine.h"
#include "command/compare/json_number.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The rest of the first line of a file that begins with `label`, less blanks, colons, equals signs and
 * quotes. */
static const char *line_of(const char *path, const char *label, char *text, size_t size) {
    const char *found = NULL;
    FILE *const file = fopen(path, "re");
    while (file && !found && fgets(text, (int)size, file))
        if (strncmp(text, label, strlen(label)) == 0) {
            char *value = text + strlen(label);
            value += strspn(value, " \t:=\"");
            value[strcspn(value, "\"\n")] = 0;
            found = value;
        }
    if (file)
        fclose(file);
    return found;
}

static void string_of(struct mshim_json *json, const char *name, const char *path, const char *label) {
    char text[512];
    const char *const value = line_of(path, label, text, sizeof text);
    if (value && *value)
        mshim_json_string(json, name, value);
}

/* "always [madvise] never" */
static void chosen_of(struct mshim_json *json, const char *name, const char *path) {
    char text[512];
    const char *const line = line_of(path, "", text, sizeof text);
    char *const begin = line ? strchr(line, '[') : NULL;
    if (!begin)
        return;
    begin[strcspn(begin, "]")] = 0;
    mshim_json_string(json, name, begin + 1);
}

static void load_average(struct mshim_json *json) {
    double average[3];
    if (getloadavg(average, 3) != 3)
        return;
    struct mshim_json list = mshim_json_begin(json, "load_average", "[");
    for (int i = 0; i < 3; i++) {
        mshim_json_next(&list);
        mshim_json_number_value(list.writer, average[i]);
    }
    mshim_write_text(list.writer, "]");
}

void mshim_machine_json(struct mshim_json *outer) {
    struct mshim_json json = mshim_json_begin(outer, "machine", "{");
    struct utsname system;
    cpu_set_t usable;
    char text[512];
    if (uname(&system) == 0) {
        mshim_json_string(&json, "architecture", system.machine);
        mshim_json_string(&json, "kernel", system.release);
    }
    string_of(&json, "distribution", "/etc/os-release", "PRETTY_NAME=");
    string_of(&json, "cpu", "/proc/cpuinfo", "model name");
    mshim_json_number(&json, "cpus", (double)sysconf(_SC_NPROCESSORS_CONF));
    if (sched_getaffinity(0, sizeof usable, &usable) == 0)
        mshim_json_number(&json, "cpus_usable", CPU_COUNT(&usable));
    const char *const memory = line_of("/proc/meminfo", "MemTotal:", text, sizeof text);
    if (memory)
        mshim_json_number(&json, "memory_bytes", strtod(memory, NULL) * 1024);
    mshim_json_number(&json, "page_bytes", (double)sysconf(_SC_PAGESIZE));
    chosen_of(&json, "transparent_hugepage", "/sys/kernel/mm/transparent_hugepage/enabled");
    string_of(&json, "overcommit_memory", "/proc/sys/vm/overcommit_memory", "");
    load_average(&json);
    mshim_write_text(json.writer, "}");
}
