/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    void *block = malloc(opaque(100));
    errno = 7;
    void *result = realloc(block, opaque(0));
#ifdef __GLIBC__
    CHECK(result == NULL && errno == 7); /* freed */
#else
    CHECK(result != NULL); /* a block of size 0 */
    free(result);
#endif
}
