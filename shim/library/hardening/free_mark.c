/* SPDX-License-Identifier: MIT */
#include "library/hardening/free_mark.h"

#include "shared/base/secret.h"

uint64_t mshim_free_mark_secret;

void mshim_free_mark_start(void) {
    mshim_free_mark_secret = mshim_secret('f');
}
