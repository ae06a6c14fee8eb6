/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_JSON_H
#define MSHIM_SHARED_REPORT_JSON_H

#include "shared/base/writer.h"
#include "shared/report/report.h"

/* A report as JSON, format 1. */
void mshim_report_json(struct mshim_writer *writer, const struct mshim_report *report);

#endif
