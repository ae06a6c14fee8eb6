/* SPDX-License-Identifier: MIT */
#include "command/relink/reason.h"

#include <stdarg.h>
#include <stdio.h>

void mshim_reason_write(struct mshim_reason *reason, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason->text, sizeof reason->text, format, arguments);
    va_end(arguments);
}
