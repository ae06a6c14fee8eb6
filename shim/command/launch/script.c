/* SPDX-License-Identifier: MIT */
#include "command/launch/script.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static const char *skip_word(const char *at, const char *end) {
    while (at < end && !is_blank(*at) && *at)
        at++;
    return at;
}

static void copy(char to[MSHIM_SCRIPT_BYTES], const char *from, const char *end) {
    const size_t length = strnlen(from, (size_t)(end - from));
    memcpy(to, from, length);
    to[length] = 0;
}

bool mshim_script_read(const char start[MSHIM_SCRIPT_BYTES], struct mshim_script *script) {
    if (start[0] != '#' || start[1] != '!')
        return false;
    const char *end = start + strnlen(start, MSHIM_SCRIPT_BYTES);
    const char *limit = start + MSHIM_SCRIPT_BYTES - 1; /* the kernel writes its NUL there */
    const char *newline = memchr(start, '\n', (size_t)(end - start));
    if (newline) {
        end = newline;
    } else if (end > limit) {
        /* Arguments may be cut off, a path must not. */
        if (skip_word(skip_blanks(start + 2, end), end) == end)
            return false;
        end = limit;
    }
    while ((newline || end == limit) && end > start + 2 && is_blank(end[-1]))
        end--;
    const char *name = skip_blanks(start + 2, end);
    const char *name_end = skip_word(name, end);
    if (name == name_end)
        return false;
    copy(script->interpreter, name, name_end);
    copy(script->argument, skip_blanks(name_end, end), end);
    return true;
}

/* Appends one shell word up to a blank; false for what only a shell could expand. */
static bool shell_word(const char **from, char *to, size_t size) {
    size_t used = strlen(to);
    char quote = 0;
    const char *at = *from;
    for (; *at && *at != '\n' && (quote || !is_blank(*at)); at++) {
        if (*at == quote) {
            quote = 0;
        } else if (!quote && (*at == '\'' || *at == '"')) {
            quote = *at;
        } else if (quote != '\'' && strchr("\\$`", *at)) {
            return false;
        } else {
            if (used + 1 >= size)
                return false;
            to[used++] = *at;
        }
    }
    to[used] = 0;
    *from = at;
    return !quote;
}

bool mshim_script_entry(const char *text, const char *script, char *interpreter, size_t size) {
    static const char call[] = "'''exec' ";
    static const char own_folder[] = "\"$(dirname -- \"$(realpath -- \"$0\")\")\"/";
    const char *at = strchr(text, '\n');
    if (!at || strncmp(at + 1, call, sizeof call - 1) != 0)
        return false;
    at += sizeof call;
    interpreter[0] = 0;
    if (strncmp(at, own_folder, sizeof own_folder - 1) == 0) {
        char real[PATH_MAX];
        if (!realpath(script, real))
            return false;
        strrchr(real, '/')[1] = 0;
        if (strlen(real) >= size)
            return false;
        strcpy(interpreter, real);
        at += sizeof own_folder - 1;
    }
    return shell_word(&at, interpreter, size) && interpreter[0] && strncmp(at, " \"$0\"", 5) == 0;
}
