/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_TEXT_H
#define MSHIM_SHARED_REPORT_TEXT_H

#include "shared/base/writer.h"
#include "shared/report/report.h"

/* A report for people, with a summary in words at the end (verdict.h). */
void mshim_report_text(struct mshim_writer *writer, const struct mshim_report *report);

#endif
