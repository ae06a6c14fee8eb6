/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_TESTS_COMPARE_SIMULATION_H
#define MSHIM_TESTS_COMPARE_SIMULATION_H

/* A machine whose clock drifts by up to 1.7x within a minute, with neighbours that come for some seconds, and
 * runs that now and then take much longer. */

#include "command/compare/comparison.h"

#include <stdint.h>

struct machine {
    uint64_t random;
    double phases[2], seconds;
    double burst, burst_until_seconds;
    double noise;                   /* of a run, as a share of it */
    double tail_chance, tail_share; /* of runs that take longer, and by how much */
};

/* A machine at some moment. */
struct machine machine_somewhere(uint64_t *seed, double noise, double tail_chance, double tail_share);

/* How long a run takes that would take `seconds` at the clock's best. */
double machine_run(struct machine *machine, double seconds);

/* A comparison of `arms` arms, each `factors[i]` times as long as the first, by the rules of the command: as
 * many turns as it takes, `runs` at most. To be freed by mshim_comparison_free. */
void simulate(struct mshim_comparison *comparison, struct machine *machine, size_t arms,
              const double *factors, double seconds, size_t runs);

#endif
