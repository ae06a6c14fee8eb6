/* SPDX-License-Identifier: MIT */
#include "command/launch/variables.h"

#include "shared/options/options.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char prefix[] = "MSHIM_";
enum { NAME_BYTES = 40, MAX_DISTANCE = 2 };

static unsigned smallest(unsigned a, unsigned b, unsigned c) {
    const unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* How many letters must be put in, left out, replaced or exchanged with the next to make one of the other. */
static unsigned distance(const char *a, const char *b) {
    unsigned rows[3][NAME_BYTES + 1];
    const size_t a_length = strlen(a), b_length = strlen(b);
    for (unsigned j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned *const row = rows[i % 3], *const before = rows[(i + 2) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= b_length; j++) {
            row[j] = smallest(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                rows[(i + 1) % 3][j - 2] + 1 < row[j])
                row[j] = rows[(i + 1) % 3][j - 2] + 1;
        }
    }
    return rows[a_length % 3][b_length];
}

/* The variable that was meant, as far as that can be guessed; NULL if none is near. */
static const char *nearest(const char *name) {
    char upper[NAME_BYTES];
    const char *meant = NULL;
    unsigned least = MAX_DISTANCE + 1;
    size_t i = 0;
    for (; name[i]; i++)
        upper[i] = (char)toupper((unsigned char)name[i]);
    upper[i] = 0;
    for (size_t row = 0; row < mshim_option_count; row++) {
        const unsigned letters = distance(upper, mshim_option_rows[row].variable);
        if (letters < least) {
            least = letters;
            meant = mshim_option_rows[row].variable;
        }
    }
    return meant;
}

static bool is_known(const char *name) {
    if (strcmp(name, "MSHIM_FIRST") == 0)
        return true;
    for (size_t row = 0; row < mshim_option_count; row++)
        if (strcmp(name, mshim_option_rows[row].variable) == 0)
            return true;
    return false;
}

size_t mshim_variables_misspelt(const char *const *environment, char *text, size_t size) {
    size_t count = 0, used = 0;
    text[0] = 0;
    for (; *environment; environment++) {
        char name[NAME_BYTES];
        const size_t length = strcspn(*environment, "=");
        if (length == 0 || length >= sizeof name)
            continue;
        memcpy(name, *environment, length);
        name[length] = 0;
        const char *const meant = is_known(name) ? NULL : nearest(name);
        if (is_known(name) || (!meant && strncmp(name, prefix, sizeof prefix - 1) != 0))
            continue;
        count++;
        if (used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s means nothing to mshim%s%s%s",
                                     used > 0 ? "\n" : "", name, meant ? ": did you mean " : "",
                                     meant ? meant : "", meant ? "?" : "");
    }
    return count;
}
