/* SPDX-License-Identifier: MIT */
#include "simulation.h"
#include "command/compare/design.h"
#include "command/compare/schedule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double uniform(struct machine *machine) {
    return (double)(mshim_schedule_random(&machine->random) >> 11) * 0x1p-53;
}

static double normal(struct machine *machine) {
    const double radius = sqrt(-2 * log(1 - uniform(machine)));
    return radius * cos(2 * M_PI * uniform(machine));
}

struct machine machine_somewhere(uint64_t *seed, double noise, double tail_chance, double tail_share) {
    struct machine machine = {.random = mshim_schedule_random(seed) | 1,
                              .noise = noise,
                              .tail_chance = tail_chance,
                              .tail_share = tail_share};
    for (size_t i = 0; i < 2; i++)
        machine.phases[i] = 2 * M_PI * uniform(&machine);
    return machine;
}

/* From 1 to 1.7; the slower wave goes from end to end within half a minute. */
static double clock_factor(const struct machine *machine) {
    return 1.35 + 0.2 * sin(machine->seconds / 9.5 + machine->phases[0]) +
           0.15 * sin(machine->seconds / 3.1 + machine->phases[1]);
}

double machine_run(struct machine *machine, double seconds) {
    if (machine->seconds > machine->burst_until_seconds) {
        const bool comes = uniform(machine) < 0.02;
        machine->burst = comes ? 0.05 + 0.3 * uniform(machine) : 0;
        machine->burst_until_seconds = machine->seconds + (comes ? 3 * uniform(machine) : 0);
    }
    double taken =
        seconds * clock_factor(machine) * (1 + machine->burst) * exp(machine->noise * normal(machine));
    if (uniform(machine) < machine->tail_chance)
        taken *= 1 - machine->tail_share * log(1 - uniform(machine));
    machine->seconds += taken;
    return taken;
}

static void prepare(struct mshim_comparison *comparison, size_t arms, size_t runs) {
    static char command[] = "simulated";
    static char *words[] = {command, NULL};
    memset(comparison, 0, sizeof *comparison);
    comparison->settings = (struct mshim_comparison_settings){
        .runs = runs, .precision_percent = 3, .seconds = 1e9, .command = words};
    comparison->primary = MSHIM_MEASURE_wall;
    comparison->arms.count = arms;
    comparison->one_look = runs <= MSHIM_DESIGN_ONE_LOOK_TURNS_MAX;
    for (size_t i = 0; i < arms; i++) {
        struct mshim_arm *const arm = &comparison->arms.arm[i];
        if (asprintf(&arm->name, "arm%zu", i) < 0)
            abort();
        arm->runs = calloc(runs, sizeof *arm->runs);
        for (size_t turn = 0; turn < runs; turn++)
            for (size_t measure = 0; measure < MSHIM_MEASURES; measure++)
                arm->runs[turn].values[measure] = NAN;
    }
}

void simulate(struct mshim_comparison *comparison, struct machine *machine, size_t arms,
              const double *factors, double seconds, size_t runs) {
    size_t order[MSHIM_ARMS];
    prepare(comparison, arms, runs);
    do {
        mshim_schedule_shuffle(order, arms, &machine->random);
        for (size_t i = 0; i < arms; i++)
            if (!comparison->arms.arm[order[i]].dropped_after)
                comparison->arms.arm[order[i]].runs[comparison->turns].values[MSHIM_MEASURE_wall] =
                    machine_run(machine, seconds * factors[order[i]]);
        comparison->turns++;
    } while (!mshim_comparison_look(comparison) && comparison->turns < comparison->settings.runs);
}
