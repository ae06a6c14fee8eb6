/* SPDX-License-Identifier: MIT */
#include "library/libc/strftime/conversions.h"

#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

typedef struct mshim_strftime_text text;

enum { DIGITS_MAX = 20 };

/* The digits of a number, at the end of `to`. Returns their beginning. */
static char *digits_of(uint64_t number, char to[static DIGITS_MAX]) {
    char *at = to + DIGITS_MAX;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    return at;
}

/* `sign`: 0 for none; it is part of the width. Padding zeros go after it, blanks before it. */
static bool put_padded(text *out, uint64_t number, char sign, size_t width, char pad) {
    char digits[DIGITS_MAX], *at = digits_of(number, digits);
    const size_t count = (size_t)(digits + DIGITS_MAX - at), used = count + (sign != 0);
    size_t fill = pad != '-' && width > used ? width - used : 0;
    if (pad == '_')
        for (; fill; fill--)
            out->bytes[out->length++] = ' ';
    if (sign)
        out->bytes[out->length++] = sign;
    for (; fill; fill--)
        out->bytes[out->length++] = '0';
    memcpy(out->bytes + out->length, at, count);
    out->length += count;
    return true;
}

static uint64_t magnitude(int64_t number) {
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

static bool put_number(text *out, int64_t number, size_t width, char pad) {
    return put_padded(out, magnitude(number), number < 0 ? '-' : 0, width, pad);
}

/* The common case: two digits. */
static bool put_two(text *out, int number, char pad) {
    if (pad == '-' || pad == '_' || (unsigned)number > 99)
        return put_number(out, number, 2, pad);
    out->bytes[0] = (char)('0' + number / 10);
    out->bytes[1] = (char)('0' + number % 10);
    out->length = 2;
    return true;
}

static bool put_text(text *out, const char *string) {
    const size_t length = strlen(string);
    if (length >= sizeof out->bytes)
        return false;
    memcpy(out->bytes, string, length);
    out->length = length;
    return true;
}

static bool put_name(text *out, nl_item first, int index, unsigned count) {
    return put_text(out, (unsigned)index < count ? nl_langinfo(first + index) : "-");
}

static bool put_format(text *out, const char *format, const struct tm *tm) {
    out->length = mshim_strftime_format_char(out->bytes, sizeof out->bytes, format, tm);
    return out->length != 0;
}

static bool put_year(text *out, int64_t year, char pad) {
    return year >= 10000 ? put_padded(out, (uint64_t)year, '+', 0, '-') : put_number(out, year, 4, pad);
}

static bool put_offset(text *out, const struct tm *tm) {
    if (tm->tm_isdst < 0)
        return true;
    const int64_t offset = tm->tm_gmtoff / 3600 * 100 + tm->tm_gmtoff % 3600 / 60;
    return put_padded(out, magnitude(offset), offset < 0 ? '-' : '+', 5, '0');
}

/* musl only accepts names of its own; tzname has those that are in force. */
static bool put_zone(text *out, const struct tm *tm) {
    if (tm->tm_isdst < 0)
        return true;
    tzset();
    const char *zone = tm->tm_zone;
    return zone && (zone == tzname[0] || zone == tzname[1]) && put_text(out, zone);
}

static bool put_seconds(text *out, const struct tm *tm, char pad) {
    enum { OFFSET_MAX = 1000000 };
    const int saved = errno;
    struct tm copy = *tm;
    const time_t seconds = timegm(&copy);
    errno = saved;
    if (seconds == -1 || tm->tm_gmtoff > OFFSET_MAX || tm->tm_gmtoff < -OFFSET_MAX)
        return false;
    return put_number(out, (int64_t)seconds - tm->tm_gmtoff, 1, pad);
}

/* The week of the year, with weeks that begin on `first_day` (0: Sunday). */
static bool put_week(text *out, const struct tm *tm, int first_day, char pad) {
    if ((unsigned)tm->tm_yday > 365 || (unsigned)tm->tm_wday > 6)
        return false;
    return put_two(out, (tm->tm_yday + 7 - (tm->tm_wday + 7 - first_day) % 7) / 7, pad);
}

bool mshim_strftime_convert(text *out, char conversion, char pad, const struct tm *tm) {
    out->length = 0;
    switch (conversion) {
    case 'Y':
        return put_year(out, tm->tm_year + INT64_C(1900), pad);
    case 'm':
        return tm->tm_mon < INT_MAX && put_two(out, tm->tm_mon + 1, pad);
    case 'd':
        return put_two(out, tm->tm_mday, pad);
    case 'H':
        return put_two(out, tm->tm_hour, pad);
    case 'M':
        return put_two(out, tm->tm_min, pad);
    case 'S':
        return put_two(out, tm->tm_sec, pad);
    case 'e':
        return put_two(out, tm->tm_mday, pad ? pad : '_');
    case 'y':
        return put_two(out, (int)(magnitude(tm->tm_year + INT64_C(1900)) % 100), pad);
    case 'C':
        return put_number(out, (tm->tm_year + INT64_C(1900)) / 100, 2, pad);
    case 'I':
        return put_two(out, tm->tm_hour == 0 ? 12 : tm->tm_hour > 12 ? tm->tm_hour - 12 : tm->tm_hour, pad);
    case 'j':
        return tm->tm_yday < INT_MAX && put_number(out, tm->tm_yday + 1, 3, pad);
    case 'u':
        return put_number(out, tm->tm_wday ? tm->tm_wday : 7, 1, pad);
    case 'w':
        return put_number(out, tm->tm_wday, 1, pad);
    case 'U':
        return put_week(out, tm, 0, pad);
    case 'W':
        return put_week(out, tm, 1, pad);
    case 's':
        return put_seconds(out, tm, pad);
    case 'a':
        return put_name(out, ABDAY_1, tm->tm_wday, 7);
    case 'A':
        return put_name(out, DAY_1, tm->tm_wday, 7);
    case 'h':
    case 'b':
        return put_name(out, ABMON_1, tm->tm_mon, 12);
    case 'B':
        return put_name(out, MON_1, tm->tm_mon, 12);
    case 'p':
        return put_text(out, nl_langinfo(tm->tm_hour >= 12 ? PM_STR : AM_STR));
    case 'c':
        return put_format(out, nl_langinfo(D_T_FMT), tm);
    case 'x':
        return put_format(out, nl_langinfo(D_FMT), tm);
    case 'X':
        return put_format(out, nl_langinfo(T_FMT), tm);
    case 'r':
        return put_format(out, nl_langinfo(T_FMT_AMPM), tm);
    case 'D':
        return put_format(out, "%m/%d/%y", tm);
    case 'F':
        return put_format(out, "%Y-%m-%d", tm);
    case 'R':
        return put_format(out, "%H:%M", tm);
    case 'T':
        return put_format(out, "%H:%M:%S", tm);
    case 'z':
        return put_offset(out, tm);
    case 'Z':
        return put_zone(out, tm);
    case 'n':
        return put_text(out, "\n");
    case 't':
        return put_text(out, "\t");
    case '%':
        return put_text(out, "%");
    default:
        return false;
    }
}
