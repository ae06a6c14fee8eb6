/* SPDX-License-Identifier: MIT */
#include "library/process/state.h"

struct mshim_process mshim_process;
