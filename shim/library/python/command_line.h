/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_COMMAND_LINE_H
#define MSHIM_LIBRARY_PYTHON_COMMAND_LINE_H

/* Options of python that concern memory, read before CPython itself has read them. */

#include <stdbool.h>
#include <stddef.h>

/* Is `-X dev` among the options? `arguments`: the program's name and the words after it, each ended by a NUL.
 */
bool mshim_python_command_line_asks_dev_mode(const char *arguments, size_t bytes);

/* The same of this process; false where its command line cannot be read. Keeps errno. */
bool mshim_python_process_asks_dev_mode(void);

#endif
