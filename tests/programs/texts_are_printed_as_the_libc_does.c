/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <limits.h>
#include <stdarg.h>

/* The shim's sprintf and its relatives against libc's own, on formats, values and buffers made at random. */

typedef int print_function(char *, size_t, const char *, va_list);

static print_function *own_vsnprintf;
static uint64_t state = 20260202;

static uint64_t next_random(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 20;
}

static unsigned below(unsigned bound) {
    return (unsigned)(next_random() >> 13) % bound;
}

static int own(char *to, size_t room, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = own_vsnprintf(to, room, format, arguments);
    va_end(arguments);
    return length;
}

static int by_list(char *to, size_t room, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length =
        room == INT_MAX ? vsprintf(to, format, arguments) : vsnprintf(to, room, format, arguments);
    va_end(arguments);
    return length;
}

static uint64_t any_number(void) {
    static const uint64_t odd[] = {0,       1,       9,        10,       99,       100,
                                   INT_MAX, INT_MIN, UINT_MAX, LONG_MAX, LONG_MIN, ULONG_MAX};
    return below(2) ? odd[below(sizeof odd / sizeof *odd)] : next_random() << below(30) >> below(60);
}

/* A format that takes three arguments of eight bytes each, of which the first may be a text. */
static bool any_format(char *to) {
    static const char *const numbers[] = {
        "d", "i", "u",  "x",   "X", "ld", "li",  "lu",  "lx", "lld", "llX", "zu", "zd", "tx", "jd",   "ju",
        "c", "p", "hd", "hhx", "o", "5d", "-5d", "05d", "+d", "#x",  ".3d", "lo", " d", "'d", "020lx"};
    const bool text = below(3) == 0;
    for (int i = 0; i < 3; i++) {
        if (below(2))
            to += own(to, 10, "%s", below(4) ? "text " : "%% \xc3\xa9");
        const unsigned plain = 17, all = sizeof numbers / sizeof *numbers;
        const char *number = numbers[below(below(6) ? plain : all)];
        to += own(to, 10, "%%%s", text && i == 0 ? (below(6) ? "s" : below(2) ? "10s" : ".3s") : number);
    }
    own(to, 10, "%s", below(3) ? "" : "]");
    return text;
}

enum { ROOM = 400 };

static void compare(const char *format, bool text, size_t room) {
    static const char *const texts[] = {"", "a", "some text", "a text that is longer than most of the others",
                                        NULL};
    const void *first = text ? texts[below(5)] : (const void *)any_number();
    const uint64_t second = any_number(), third = any_number();
    char ours[ROOM], theirs[ROOM];
    memset(ours, '~', ROOM);
    memset(theirs, '~', ROOM);
    errno = 77;
    const int expected = own(theirs, room, format, first, second, third);
    const int expected_errno = errno;
    errno = 77;
    int length = 0;
    const bool unlimited = room == ROOM && expected < ROOM;
    if (below(2))
        length = unlimited ? sprintf(ours, format, first, second, third)
                           : snprintf(ours, room, format, first, second, third);
    else
        length = by_list(ours, unlimited ? INT_MAX : room, format, first, second, third);
    if (length == expected && errno == expected_errno && memcmp(ours, theirs, ROOM) == 0)
        return;
    fprintf(stderr, "\"%s\" into %zu: %d \"%.*s\", libc %d \"%.*s\"\n", format, room, length, ROOM, ours,
            expected, ROOM, theirs);
    _exit(1);
}

int main(void) {
#ifdef __GLIBC__
    SKIP("the glibc flavour prints nothing");
#endif
    void *libc = dlopen("libc.so", RTLD_LAZY);
    own_vsnprintf = (print_function *)dlsym(libc, "vsnprintf");
    CHECK(own_vsnprintf);
    if (own_vsnprintf == vsnprintf)
        SKIP("not preloaded");
    char itself[20] = "text";
    const char *volatile same = itself;
    CHECK(sprintf(itself, "%s,", same) == own(itself, sizeof itself, "%s,", same)); /* wrong, and common */
    const int count = count_or(2000) * 100;
    for (int round = 0; round < count; round++) {
        char format[100];
        const bool text = any_format(format);
        compare(format, text, below(3) ? ROOM : below(50));
    }
}
