/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_SERVE_PYTHON_H
#define MSHIM_LIBRARY_PROCESS_SERVE_PYTHON_H

/* Has CPython's domains served (python/) by the selected allocator and counted, as MSHIM_PYTHON wants it.
 * Called once, by the constructor. Afterwards the option says what is in force. */
void mshim_serve_python(void);

/* For people: "python=on", "python=off python_why=PYTHONMALLOC". Static. */
const char *mshim_python_status_text(void);

#endif
