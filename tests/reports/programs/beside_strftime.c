/* SPDX-License-Identifier: MIT */
/* A library behind the shim whose strftime, wcsftime and vsnprintf say that they were reached. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

size_t strftime(char *restrict to, size_t room, const char *restrict format, const struct tm *restrict tm) {
    (void)format, (void)tm;
    return room < 5 ? 0 : strlen(strcpy(to, "next"));
}

size_t wcsftime(wchar_t *restrict to, size_t room, const wchar_t *restrict format,
                const struct tm *restrict tm) {
    (void)format, (void)tm;
    return room < 5 ? 0 : wcslen(wcscpy(to, L"next"));
}

int vsnprintf(char *restrict to, size_t room, const char *restrict format, va_list arguments) {
    (void)format, (void)arguments;
    return room < 5 ? 0 : (int)strlen(strcpy(to, "next"));
}
