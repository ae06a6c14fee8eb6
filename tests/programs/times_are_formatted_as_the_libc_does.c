/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <limits.h>
#include <locale.h>
#include <time.h>
#include <wchar.h>

/* The shim's strftime and wcsftime against libc's own, on formats, times and buffers made at random. */

typedef size_t narrow_function(char *, size_t, const char *, const struct tm *);
typedef size_t wide_function(wchar_t *, size_t, const wchar_t *, const struct tm *);

static narrow_function *own_strftime;
static wide_function *own_wcsftime;

static uint64_t state = 20260101;

static unsigned below(unsigned bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % bound;
}

static int any_int(void) {
    static const int odd[] = {INT_MIN, INT_MIN + 1, -1900, -1899, -101,        -100,   -1,
                              99,      100,         8099,  8100,  INT_MAX - 1, INT_MAX};
    switch (below(4)) {
    case 0:
        return odd[below(sizeof odd / sizeof *odd)];
    case 1:
        return (int)below(1u << 31) * (below(2) ? 1 : -1);
    default:
        return (int)below(400) - 50;
    }
}

/* Mostly a time as libc makes it, else one with fields of any value. */
static struct tm any_time(void) {
    const time_t seconds = (time_t)below(1u << 31) * (1 + below(60)) * (below(4) ? 1 : -1);
    struct tm tm;
    if (!(below(2) ? gmtime_r(&seconds, &tm) : localtime_r(&seconds, &tm)))
        _exit(3);
    int *const fields[] = {&tm.tm_sec,  &tm.tm_min,  &tm.tm_hour, &tm.tm_mday, &tm.tm_mon,
                           &tm.tm_year, &tm.tm_wday, &tm.tm_yday, &tm.tm_isdst};
    for (unsigned spoilt = below(3) ? 0 : 1 + below(9); spoilt; spoilt--)
        *fields[below(9)] = any_int();
    if (below(8) == 0)
        tm.tm_gmtoff = (long)any_int() * (below(2) ? 1 : 100);
    if (below(8) == 0)
        tm.tm_zone = "LATER";
    return tm;
}

static void any_format(char *to) {
    static const char often[] = "YmdHMSaAbBjpIyezZcxXDFTRrsnt%ChuUwW", seldom[] = "gGVEOQ+#kl5 ~^\1";
    static const char *const flags[] = {"",   "",   "",    "",   "-",  "_", "0", "+", "5",
                                        "12", "_7", "-+3", "00", "01", "E", "O", " 4"};
    for (unsigned part = below(8); part; part--) {
        if (below(3) == 0)
            to += sprintf(to, "%c", "-/: T,abc\xc3\xa9"[below(11)]);
        const char *flag = below(3) ? "" : flags[below(sizeof flags / sizeof *flags)];
        const char conversion = below(24) ? often[below(sizeof often - 1)] : seldom[below(sizeof seldom - 1)];
        to += sprintf(to, "%%%s%c", flag, conversion);
    }
    if (below(50) == 0)
        to += sprintf(to, "%%"); /* and nothing behind it */
    *to = 0;
}

enum { ROOM = 600 };

static void compare_narrow(const char *format, const struct tm *tm, size_t room) {
    char ours[ROOM], theirs[ROOM];
    memset(ours, '~', sizeof ours);
    memset(theirs, '~', sizeof theirs);
    errno = 77;
    const size_t expected = own_strftime(theirs, room, format, tm);
    const int expected_errno = errno;
    errno = 77;
    const size_t length = strftime(ours, room, format, tm);
    if (length != expected || errno != expected_errno || memcmp(ours, theirs, expected + 1) != 0 ||
        memcmp(ours + room, theirs + room, sizeof ours - room) != 0) {
        fprintf(stderr, "strftime \"%s\" room %zu: %zu \"%.*s\", libc %zu \"%.*s\"\n", format, room, length,
                (int)length, ours, expected, (int)expected, theirs);
        _exit(1);
    }
}

static void compare_wide(const char *format, const struct tm *tm, size_t room) {
    wchar_t ours[ROOM], theirs[ROOM], wide[ROOM];
    for (size_t i = 0; i < ROOM; i++)
        ours[i] = theirs[i] = '~';
    size_t used = 0;
    for (; format[used]; used++)
        wide[used] = (unsigned char)format[used] < 128 ? format[used] : 0x5e74 + format[used];
    wide[used] = 0;
    errno = 77;
    const size_t expected = own_wcsftime(theirs, room, wide, tm);
    const int expected_errno = errno;
    errno = 77;
    const size_t length = wcsftime(ours, room, wide, tm);
    if (length != expected || errno != expected_errno || wmemcmp(ours, theirs, expected + 1) != 0 ||
        wmemcmp(ours + room, theirs + room, ROOM - room) != 0) {
        fprintf(stderr, "wcsftime \"%s\" room %zu: %zu errno %d \"", format, room, length, errno);
        for (size_t i = 0; i < length; i++)
            fputc((char)ours[i], stderr);
        fprintf(stderr, "\", libc %zu errno %d \"", expected, expected_errno);
        for (size_t i = 0; i < expected; i++)
            fputc((char)theirs[i], stderr);
        fputs("\"\n", stderr);
        _exit(1);
    }
}

int main(void) {
#ifdef __GLIBC__
    SKIP("the glibc flavour formats no times");
#endif
    setlocale(LC_ALL, "");
    void *libc = dlopen("libc.so", RTLD_LAZY);
    CHECK(libc);
    own_strftime = (narrow_function *)dlsym(libc, "strftime");
    own_wcsftime = (wide_function *)dlsym(libc, "wcsftime");
    CHECK(own_strftime && own_wcsftime);
    if (own_strftime == strftime || own_wcsftime == wcsftime)
        SKIP("not preloaded");
    static const char *const zones[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "<-0330>3:30", "EST5EDT"};
    const int count = count_or(2000) * 50;
    for (int round = 0; round < count; round++) {
        if (round % 1000 == 0) {
            setenv("TZ", zones[round / 1000 % 4], 1);
            tzset();
        }
        char format[ROOM];
        any_format(format);
        const struct tm tm = any_time();
        const size_t room = below(3) ? ROOM / 2 : below(40);
        compare_narrow(format, &tm, room);
        compare_wide(format, &tm, room);
    }
}
