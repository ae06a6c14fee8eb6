/* SPDX-License-Identifier: MIT */
#include "library/process/state.h"

MSHIM_WRITTEN_AT_FORK struct mshim_process mshim_process;
