/* SPDX-License-Identifier: MIT */
#include "live/identity.h"

#include "report/decimal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The beginning of a file, ended by a NUL; empty where it cannot be read. */
static void read_text(const char *path, char *text, size_t size) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t length = fd < 0 ? 0 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = 0;
}

/* Field 22 of /proc/self/stat, counted from behind the program's name, which may hold anything. */
static uint64_t start_ticks(void) {
    char text[1024];
    read_text("/proc/self/stat", text, sizeof text);
    const char *at = strrchr(text, ')');
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    uint64_t ticks = 0;
    for (at = at ? at + 1 : ""; *at >= '0' && *at <= '9'; at++)
        ticks = ticks * 10 + (uint64_t)(*at - '0');
    return ticks;
}

static unsigned nibble(char digit) {
    return digit >= 'a' ? (unsigned)(digit - 'a') + 10 : (unsigned)(digit - '0');
}

/* Hexadecimal digits with dashes; a forked child has its parent's. */
static void read_boot_id(uint8_t id[16]) {
    static char text[64];
    if (!text[0])
        read_text("/proc/sys/kernel/random/boot_id", text, sizeof text);
    unsigned count = 0;
    for (const char *at = text; *at && *at != '\n' && count < 32; at++)
        if (*at != '-') {
            id[count / 2] = (uint8_t)(id[count / 2] << 4 | nibble(*at));
            count++;
        }
}

static uint64_t pid_namespace(void) {
    struct stat status;
    return fstatat(AT_FDCWD, "/proc/self/ns/pid", &status, 0) == 0 ? (uint64_t)status.st_ino : 0;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t count) {
    for (const uint8_t *at = bytes; count-- > 0; at++)
        hash = (hash ^ *at) * 0x100000001b3u;
    return hash;
}

/* The same for every image that the process becomes by exec, and for no other process. Without the start time
 * it must be the clock that tells them apart. */
static uint64_t make_id(const struct mshim_page *page) {
    uint64_t hash = mix(0xcbf29ce484222325u, page->boot_id, sizeof page->boot_id);
    hash = mix(hash, &page->pid_namespace, sizeof page->pid_namespace);
    hash = mix(hash, &page->start_ticks, sizeof page->start_ticks);
    hash = mix(hash, &page->pid, sizeof page->pid);
    if (page->start_ticks == 0)
        hash = mix(hash, &page->started_unix_ns, sizeof page->started_unix_ns);
    return hash ? hash : 1;
}

void mshim_identity_fill(struct mshim_page *page) {
    memset(page->boot_id, 0, sizeof page->boot_id);
    read_boot_id(page->boot_id);
    page->pid = (uint64_t)getpid();
    page->parent_pid = (uint64_t)getppid();
    page->pid_namespace = pid_namespace();
    page->start_ticks = start_ticks();
    page->id = make_id(page);
}

void mshim_identity_name(const struct mshim_page *page, char name[MSHIM_PAGE_NAME_BYTES]) {
    char digits[MSHIM_DECIMAL_BYTES];
    char *at = stpcpy(name, mshim_decimal(page->pid, digits));
    *at++ = '-';
    for (int shift = 60; shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[page->id >> shift & 15];
    strcpy(at, ".page");
}
