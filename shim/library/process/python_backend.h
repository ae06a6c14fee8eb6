/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_PYTHON_BACKEND_H
#define MSHIM_LIBRARY_PROCESS_PYTHON_BACKEND_H

/* Has CPython's domains (python/) go to the selected allocator, and counted, as MSHIM_PYTHON wants it. Called
 * once, by the constructor. Afterwards the option says what is in force. */
void mshim_python_backend_start(void);

#endif
