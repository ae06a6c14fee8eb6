/* SPDX-License-Identifier: MIT */
#include "command/compare/statistics.h"

#include <math.h>
#include <stdlib.h>

enum { EXACT_COUNT = 50, EXACT_SUMS = EXACT_COUNT * (EXACT_COUNT + 1) / 2 + 1 };

/* The value that would stand at `wanted` if they were sorted; moves them about (Hoare's "find"). */
static double nth(double *values, size_t count, size_t wanted) {
    const ptrdiff_t at = (ptrdiff_t)wanted;
    ptrdiff_t first = 0, last = (ptrdiff_t)count - 1;
    while (first < last) {
        const double pivot = values[at];
        ptrdiff_t left = first, right = last;
        do {
            while (values[left] < pivot)
                left++;
            while (pivot < values[right])
                right--;
            if (left <= right) {
                const double kept = values[left];
                values[left++] = values[right];
                values[right--] = kept;
            }
        } while (left <= right);
        if (right < at)
            first = left;
        if (at < left)
            last = right;
    }
    return values[at];
}

double mshim_statistics_median(double *values, size_t count) {
    if (count == 0)
        return NAN;
    const double upper = nth(values, count, count / 2);
    return count % 2 ? upper : (nth(values, count, count / 2 - 1) + upper) / 2;
}

/* The largest cut for which P(sum of the positive ranks < cut) stays within `tail`: by the distribution of
 * the sum itself, each rank being in it with probability 1/2. */
static size_t exact_cut(size_t count, double tail) {
    double probability[EXACT_SUMS] = {1}, below = 0;
    size_t largest = 0, cut = 0;
    for (size_t rank = 1; rank <= count; rank++) {
        largest += rank;
        for (size_t sum = largest + 1; sum-- > 0;)
            probability[sum] = (probability[sum] + (sum >= rank ? probability[sum - rank] : 0)) / 2;
    }
    while ((below += probability[cut]) <= tail)
        cut++;
    return cut;
}

/* z with P(Z > z) = tail, by bisection. */
static double normal_quantile(double tail) {
    double low = 0, high = 10;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) / 2 > tail)
            low = middle;
        else
            high = middle;
    }
    return low;
}

size_t mshim_statistics_signed_rank_cut(size_t count, double level) {
    if (count <= EXACT_COUNT)
        return exact_cut(count, level / 2);
    const double n = (double)count;
    const double mean = n * (n + 1) / 4, deviation = sqrt(n * (n + 1) * (2 * n + 1) / 24);
    const double cut = floor(mean - normal_quantile(level / 2) * deviation);
    return cut > 0 ? (size_t)cut : 0;
}

bool mshim_statistics_paired(struct mshim_statistics_estimate *estimate, const double *values, size_t count,
                             double level) {
    const size_t pairs = count * (count + 1) / 2;
    double *means = count > 0 ? calloc(pairs, sizeof *means) : NULL;
    if (!means)
        return false;
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++)
            means[used++] = (values[i] + values[j]) / 2;
    estimate->median = mshim_statistics_median(means, pairs);
    const size_t cut = mshim_statistics_signed_rank_cut(count, level);
    estimate->low = cut > 0 ? nth(means, pairs, cut - 1) : -INFINITY;
    estimate->high = cut > 0 ? nth(means, pairs, pairs - cut) : INFINITY;
    free(means);
    return true;
}
