/* SPDX-License-Identifier: MIT */
#include "shared/base/clock.h"

bool mshim_clock_asks_kernel;
