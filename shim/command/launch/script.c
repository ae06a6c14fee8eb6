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

static bool is_word(const char *word, size_t length, const char *expected) {
    return strlen(expected) == length && strncmp(word, expected, length) == 0;
}

/* The next word of a line as a shell separates them, less quotes; false at the end or at a comment. */
static bool next_word(const char **line, const char **word, size_t *length) {
    static const char separators[] = " \t;|&()\"'{}";
    *word = *line + strspn(*line, separators);
    *length = strcspn(*word, separators);
    *line = *word + *length;
    return *length > 0 && **word != '#';
}

static bool is_one_of(const char *word, size_t length, const char *const *list) {
    for (; *list; list++)
        if (is_word(word, length, *list))
            return true;
    return false;
}

/* The rest of a call of env, up to the command that it starts. */
static bool env_drops_preload(const char **line) {
    static const char *const clears[] = {
        "-", "-i", "--ignore-environment", "-uLD_PRELOAD", "--unset=LD_PRELOAD", NULL};
    static const char *const takes_a_name[] = {"-u", "--unset", NULL};
    const char *word;
    size_t length;
    while (next_word(line, &word, &length)) {
        if (is_one_of(word, length, clears) || strncmp(word, "LD_PRELOAD=", 11) == 0)
            return true;
        if (is_one_of(word, length, takes_a_name)) {
            if (next_word(line, &word, &length) && is_word(word, length, "LD_PRELOAD"))
                return true;
        } else if (word[0] != '-' && !memchr(word, '=', length)) {
            *line = word; /* the command, which may be another env */
            return false;
        }
    }
    return false;
}

/* Has the rest of the line one of the words? */
static bool has_word(const char **line, const char *const *list) {
    const char *word;
    size_t length;
    while (next_word(line, &word, &length))
        if (is_one_of(word, length, list))
            return true;
    return false;
}

/* `line` ends with a NUL. */
static bool line_drops_preload(const char *line) {
    static const char *const clearing[] = {"sudo", "doas", NULL}, *const switching[] = {"su", "runuser",
                                                                                        NULL};
    static const char *const login[] = {"-", "-l", "--login", NULL}, *const preload[] = {"LD_PRELOAD", NULL};
    const char *word;
    size_t length;
    while (next_word(&line, &word, &length)) {
        const char *name = word;
        for (size_t i = 0; i + 1 < length; i++)
            if (word[i] == '/')
                name = word + i + 1;
        const size_t name_length = length - (size_t)(name - word);
        if (strncmp(word, "LD_PRELOAD=", 11) == 0 || is_one_of(name, name_length, clearing) ||
            (is_word(name, name_length, "env") && env_drops_preload(&line)) ||
            (is_word(word, length, "unset") && has_word(&line, preload)) ||
            (is_one_of(name, name_length, switching) && has_word(&line, login)))
            return true;
    }
    return false;
}

bool mshim_script_drops_preload(const char *script, struct mshim_script_drop *drop) {
    drop->line = 0;
    for (unsigned number = 1; *script; number++) {
        char line[1024];
        const size_t length = strcspn(script, "\n"), kept = length < sizeof line ? length : sizeof line - 1;
        memcpy(line, script, kept);
        line[kept] = 0;
        if (line_drops_preload(line) && !strstr(line, "libmshim.so")) {
            const char *const begin = line + strspn(line, " \t");
            drop->line = number;
            snprintf(drop->text, sizeof drop->text, "%s", begin);
            return true;
        }
        script += length + (script[length] == '\n');
    }
    return false;
}
