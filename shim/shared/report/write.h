/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_WRITE_H
#define MSHIM_SHARED_REPORT_WRITE_H

#include "shared/base/writer.h"
#include "shared/report/report.h"

enum mshim_report_format { MSHIM_REPORT_TEXT, MSHIM_REPORT_JSON, MSHIM_REPORT_PROM };

/* The format for a path: JSON if it ends in .json, Prometheus text if in .prom, else text. */
enum mshim_report_format mshim_report_format_of(const char *path);

void mshim_report_write(struct mshim_writer *writer, enum mshim_report_format format,
                        const struct mshim_report *report);

#endif
