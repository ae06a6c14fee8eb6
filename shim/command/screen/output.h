/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_SCREEN_OUTPUT_H
#define MSHIM_COMMAND_SCREEN_OUTPUT_H

/* Lines on stdout and stderr. Control characters are replaced: whatever a file, a process or a variable is
 * called, it must not command the terminal. */

/* One line on stderr that begins with "mshim: ". */
void mshim_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Each line of `text` as a message of its own. */
void mshim_message_lines(const char *text);

/* One line on stdout. */
void mshim_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* On stdout, indented, broken between words; a newline in the text begins a new paragraph. */
void mshim_print_wrapped(unsigned indent, const char *text);

#endif
