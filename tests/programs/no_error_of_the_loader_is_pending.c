/* SPDX-License-Identifier: MIT */
#include "check.h"

/* What the shim looked up in vain is not the program's to hear of. */
int main(void) {
    const char *error = dlerror();
    if (error) {
        fprintf(stderr, "pending at main: %s\n", error);
        return 1;
    }
    free(malloc(100));
    CHECK(dlerror() == NULL);
    CHECK(dlsym(RTLD_DEFAULT, "malloc") && dlerror() == NULL);
}
