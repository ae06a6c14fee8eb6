/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <dirent.h>
#include <malloc.h>
#include <wchar.h>

static void give_back(void *block) {
    CHECK(block && malloc_usable_size(block) > 0);
    block = realloc(block, 5000);
    CHECK(block);
    free(block);
}

/* What POSIX has the libc allocate, and the program free or grow. */
int main(void) {
    char *text = NULL;
    size_t size = 0;
    give_back(strdup("text"));
    give_back(strndup("text", 2));
    give_back(wcsdup(L"text"));
    give_back(realpath("/proc/self/exe", NULL));
    give_back(getcwd(NULL, 0));
    CHECK(asprintf(&text, "%0900d", 1) == 900);
    give_back(text);

    FILE *stream = open_memstream(&text, &size);
    for (int i = 0; stream && i < 10000; i++)
        fputs("0123456789", stream);
    CHECK(stream && fclose(stream) == 0 && size == 100000 && text[99999] == '9' && text[100000] == 0);
    give_back(text);

    text = malloc(1); /* the program's, grown by the libc */
    size = 1;
    stream = fopen("/proc/self/maps", "r");
    CHECK(stream && getline(&text, &size, stream) > 1 && fclose(stream) == 0);
    give_back(text);

    struct dirent **entries;
    const int found = scandir("/proc/self", &entries, NULL, alphasort);
    CHECK(found > 2);
    for (int i = 0; i < found; i++)
        give_back(entries[i]);
    give_back(entries);
}
