/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_MACHINE_H
#define MSHIM_COMMAND_COMPARE_MACHINE_H

#include "shared/report/json_writer.h"

/* Adds the object `machine`: what the figures were taken on. The bench's engine/machine.py writes the same
 * keys, and some of its own, into latest.json; html/machine.js shows both. */
void mshim_machine_json(struct mshim_json *json);

#endif
