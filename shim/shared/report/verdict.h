/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_VERDICT_H
#define MSHIM_SHARED_REPORT_VERDICT_H

#include "shared/base/writer.h"
#include "shared/report/report.h"

/* The end of a text report: what the numbers say, in words, and what to do next. */
void mshim_report_verdict(struct mshim_writer *writer, const struct mshim_report *report);

#endif
