/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_HTML_HTML_H
#define MSHIM_COMMAND_HTML_HTML_H

/* The HTML report: one file that needs nothing but itself, made of a template that is linked in. */

#include <stdbool.h>
#include <stddef.h>

/* Writes the report that shows these results, `length` bytes of JSON (what `mshim compare -o` writes, or the
 * bench's latest.json). The text must be well-formed JSON; whatever is in its strings stays text and cannot
 * become markup. False if anything could not be written; errno tells why. (The bench fills the same template
 * in bench/engine/html_report.py.) */
bool mshim_html_write(int fd, const char *json, size_t length);

#endif
