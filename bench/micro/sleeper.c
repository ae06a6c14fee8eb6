// SPDX-License-Identifier: MIT
// A process that has allocated a little and sleeps: of these reading.py starts many. Ends with its input.
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    char byte;
    for (size_t size = 1; size < 100000; size *= 2)
        free(malloc(size));
    if (write(1, ".", 1) != 1)
        return 1;
    return read(0, &byte, 1) != 0;
}
