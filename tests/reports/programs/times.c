/* SPDX-License-Identifier: MIT */
/* 2 February 2003, 16:05:06, in the formats that it is given, by strftime and by wcsftime; then
 * a number by snprintf. */
#include "../../programs/check.h"

#include <locale.h>
#include <time.h>
#include <wchar.h>

int main(int argc, char **argv) {
    const struct tm tm = {
        .tm_year = 103, .tm_mon = 1, .tm_mday = 2, .tm_hour = 16, .tm_min = 5, .tm_sec = 6, .tm_yday = 32};
    setlocale(LC_ALL, "");
    for (int i = 1; i < argc; i++) {
        char text[100];
        wchar_t wide[100], wide_format[100];
        CHECK(mbstowcs(wide_format, argv[i], 100) < 100);
        CHECK(strftime(text, sizeof text, argv[i], &tm) && wcsftime(wide, 100, wide_format, &tm));
        printf("%s %ls\n", text, wide);
    }
    char number[20];
    CHECK(snprintf(number, sizeof number, "%d-%s", argc, "x") == (int)strlen(number));
    puts(number);
    return 0;
}
