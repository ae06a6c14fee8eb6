/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_LOADER_CACHE_H
#define MSHIM_COMMAND_RELINK_LOADER_CACHE_H

#include <limits.h>
#include <stdbool.h>

/* Finds a library in glibc's /etc/ld.so.cache, or a file like it. */
bool mshim_loader_cache_find(char path[PATH_MAX], const char *cache, const char *name);

#endif
