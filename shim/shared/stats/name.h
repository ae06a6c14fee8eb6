/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_NAME_H
#define MSHIM_SHARED_STATS_NAME_H

/* Names of stats files and of the folders that they lie in: MSHIM_DIR/mshim-UID/PID-ID.page. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MSHIM_STATS_NAME_ENDING ".page"

enum { MSHIM_STATS_NAME_BYTES = 48, MSHIM_STATS_FOLDER_NAME_BYTES = 32 };

/* "mshim-UID" */
void mshim_stats_folder_name(uint64_t user_id, char name[MSHIM_STATS_FOLDER_NAME_BYTES]);

/* Is it such a name? Then its user. */
bool mshim_stats_folder_name_parse(const char *name, uint64_t *user_id);

/* "PID-ID.page", the id as 16 hexadecimal digits. */
void mshim_stats_name(uint64_t pid, uint64_t id, char name[MSHIM_STATS_NAME_BYTES]);

/* Is it such a name, of an id of any length? Then its process. */
bool mshim_stats_name_parse(const char *name, uint64_t *pid);

#endif
