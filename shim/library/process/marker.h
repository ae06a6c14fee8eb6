/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_MARKER_H
#define MSHIM_LIBRARY_PROCESS_MARKER_H

/* Maps the status marker that `mshim check PID` and the bench look for; include/mshim.h has its format. `why`
 * is NULL where the shim is active. Without memfd_create there is no marker. */
void mshim_marker_map(const char *why);

#endif
