/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_PROM_H
#define MSHIM_SHARED_REPORT_PROM_H

/* Prometheus text exposition format 0.0.4. */

#include "shared/base/writer.h"
#include "shared/report/report.h"

/* One process. */
void mshim_report_prom(struct mshim_writer *writer, const struct mshim_report *report);

/* Several processes: each metric family once, each sample with the labels pid and program, and with pid_namespace where
 * it is not that of the reader (many containers have a process 1). */
void mshim_report_prom_all(struct mshim_writer *writer, const struct mshim_report *reports, size_t count);

#endif
