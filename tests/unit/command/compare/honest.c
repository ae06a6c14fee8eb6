/* SPDX-License-Identifier: MIT */
/* A thousand comparisons of arms that are alike, and of one that takes 3 % longer, on a machine that drifts:
 * how often does the verdict say that they differ? */
#include "command/compare/verdict.h"
#include "simulation.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

enum { COMPARISONS = 1000, ARMS = 4 };

static const double alike[] = {1, 1, 1, 1}, longer[] = {1, 1.03, 1, 1};

struct noise {
    double noise, tail_chance, tail_share, seconds;
};

static const struct noise noises[] = {
    {0.01, 0.05, 0.1, 0.3}, /* a quiet machine */
    {0.02, 0.10, 0.1, 0.3}, /* as it is measured on the machine of bench/README.md with neighbours */
    {0.02, 0.10, 0.1, 1.0}, /* longer runs, between which the clock drifts further */
};

/* P(X <= successes) of so many tries. */
static double binomial_at_most(size_t successes, size_t tries, double probability) {
    double sum = 0, n = (double)tries;
    for (size_t i = 0; i <= successes; i++) {
        const double k = (double)i;
        sum += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(probability) +
                   (n - k) * log(1 - probability));
    }
    return sum;
}

struct said {
    size_t slower, faster, any; /* of the second arm; of any arm */
};

static void hear(const struct mshim_comparison *comparison, struct said *said) {
    static struct mshim_verdict_text sentences;
    bool any = false;
    mshim_verdict_make(&sentences, comparison);
    for (size_t i = 0; i + 1 < comparison->arms.count; i++) {
        const bool slower = strstr(sentences.line[i], "x slower (") != NULL;
        const bool faster = strstr(sentences.line[i], "x faster (") != NULL;
        cr_assert(slower || faster || strstr(sentences.line[i], "no difference found larger than"));
        said->slower += slower && i == 0;
        said->faster += faster && i == 0;
        any |= slower || faster;
    }
    for (size_t i = comparison->arms.count - 1; i < sentences.count; i++)
        any |= strstr(sentences.line[i], "no arm could be told from the others") == NULL;
    said->any += any;
}

static struct said thousand(const struct noise *noise, size_t arms, const double *factors) {
    static struct mshim_comparison comparison;
    struct said said = {0};
    uint64_t seed = 20261124;
    for (size_t i = 0; i < COMPARISONS; i++) {
        struct machine machine =
            machine_somewhere(&seed, noise->noise, noise->tail_chance, noise->tail_share);
        simulate(&comparison, &machine, arms, factors, noise->seconds);
        hear(&comparison, &said);
        mshim_comparison_free(&comparison);
    }
    return said;
}

static void assert_at_most_five_percent(size_t times) {
    cr_log_info("called different: %zu of %d", times, COMPARISONS);
    cr_assert_lt(binomial_at_most(times, COMPARISONS, 0.05), 0.05, "called different %zu times of %d", times,
                 COMPARISONS);
    cr_assert_gt(times, 0); /* the machine does make noise */
}

Test(compare_honest, equal_arms_are_called_different_in_at_most_5_percent) {
    for (size_t i = 0; i < sizeof noises / sizeof *noises; i++)
        assert_at_most_five_percent(thousand(&noises[i], 2, alike).any);
}

Test(compare_honest, four_equal_arms_are_no_more_often_called_different) {
    assert_at_most_five_percent(thousand(&noises[1], ARMS, alike).any);
}

Test(compare_honest, three_percent_are_found_in_at_least_90_percent) {
    for (size_t i = 0; i < sizeof noises / sizeof *noises; i++) {
        const struct said said = thousand(&noises[i], 2, longer);
        cr_log_info("3 %% found: %zu of %d", said.slower, COMPARISONS);
        cr_assert_lt(binomial_at_most(COMPARISONS - said.slower, COMPARISONS, 0.1), 0.05,
                     "found %zu times of %d", said.slower, COMPARISONS);
        cr_assert_eq(said.faster, 0);
    }
}

Test(compare_honest, the_machine_drifts_by_more_than_the_difference_looked_for) {
    uint64_t seed = 1;
    double least = INFINITY, most = 0;
    struct machine machine = machine_somewhere(&seed, 0, 0, 0);
    while (machine.seconds < 60) {
        const double taken = machine_run(&machine, 0.1);
        least = taken < least ? taken : least;
        most = taken > most ? taken : most;
    }
    cr_assert_gt(most / least, 1.5);
}
