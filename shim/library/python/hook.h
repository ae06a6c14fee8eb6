/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_HOOK_H
#define MSHIM_LIBRARY_PYTHON_HOOK_H

/* Finds CPython and gives its domains their allocator. */

enum mshim_python_mode { MSHIM_PYTHON_ON, MSHIM_PYTHON_ALLOCATOR, MSHIM_PYTHON_OFF };

/* Why CPython's domains are left alone. */
enum mshim_python_reason {
    MSHIM_PYTHON_HOOKED, /* they are not */
    MSHIM_PYTHON_NOT_STARTED,
    MSHIM_PYTHON_BY_OPTION,
    MSHIM_PYTHON_NOT_FOUND,
    MSHIM_PYTHON_UNKNOWN_VERSION, /* or one that lacks a function that is needed */
    MSHIM_PYTHON_INITIALIZED,     /* its objects are in use already */
    MSHIM_PYTHON_PYTHONMALLOC,
    MSHIM_PYTHON_PYTHONDEVMODE,
    MSHIM_PYTHON_DEV_MODE, /* -X dev */
    MSHIM_PYTHON_FREE_THREADED,
    MSHIM_PYTHON_DEBUG_BUILD,
    MSHIM_PYTHON_NO_ADDRESS_RANGE,
    MSHIM_PYTHON_REASONS
};

/* For markers and reports: "allocator", "free-threaded". Static. */
const char *mshim_python_mode_word(enum mshim_python_mode mode);
const char *mshim_python_reason_word(enum mshim_python_reason reason);

/* What a version says against serving its objects; `version` is the text of Py_GetVersion(). */
enum mshim_python_reason mshim_python_version_reason(const char *version);

/* Finds CPython and starts what the mode (ON or ALLOCATOR) needs. Nothing of CPython is changed where it
 * fails. */
enum mshim_python_reason mshim_python_find(enum mshim_python_mode mode);

/* Puts the mode's functions into the domains. After mshim_python_find(). */
void mshim_python_hook(enum mshim_python_mode mode);

#endif
