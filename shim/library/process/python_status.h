/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_PYTHON_STATUS_H
#define MSHIM_LIBRARY_PROCESS_PYTHON_STATUS_H

/* Who serves CPython's domains, as text: "python=on", "python=off python_why=PYTHONMALLOC". Static. */
const char *mshim_python_status_text(void);

#endif
