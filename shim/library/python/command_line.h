/* SPDX-License-Identifier: MIT */
/* What the user asked of CPython about memory, before CPython itself has read it. */
#ifndef MSHIM_LIBRARY_PYTHON_COMMAND_LINE_H
#define MSHIM_LIBRARY_PYTHON_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Is there `-X dev` among the options of python's command line (arguments ended by NUL, program name first)?
 */
bool command_line_asks_dev_mode(const char *arguments, size_t bytes);

/* The same for this process. False where it cannot be read. */
bool process_asks_dev_mode(void);

#endif
