/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_TEXT_H
#define MSHIM_SHARED_REPORT_TEXT_H

#include "shared/base/writer.h"
#include "shared/report/report.h"

/* Its parts: who the process is, in two lines, and the tables of all that is counted. */
void mshim_report_title(struct mshim_writer *writer, const struct mshim_report *report);
void mshim_report_tables(struct mshim_writer *writer, const struct mshim_report *report);

/* A report for people, with a summary in words at the end (verdict.h). */
void mshim_report_text(struct mshim_writer *writer, const struct mshim_report *report);

#endif
