# SPDX-License-Identifier: MIT
"""Numbers that are objects."""

from workloads import expect, workload


@workload("interest and instalments in decimals of 28 digits")
def decimal_instalments():
    from decimal import Decimal, localcontext

    def run():
        with localcontext() as context:
            context.prec = 28
            rest, rate, paid = Decimal("250000"), Decimal("0.0375") / 12, []
            for _ in range(6000):
                interest = (rest * rate).quantize(Decimal("0.01"))
                rest += interest - Decimal("900.00")
                paid.append(interest)
                if rest < 0:
                    rest += Decimal("250000")
        expect((len(paid), paid[0]), (6000, Decimal("781.25")))

    return run


@workload("sums of continued fractions, exactly")
def continued_fractions():
    from fractions import Fraction

    def run():
        total = Fraction(0)
        for i in range(1, 260):
            value = Fraction(1)
            for part in range(i % 17 + 3, 0, -1):
                value = part + 1 / value
            total += value
        expect(total.denominator > 1000, True)

    return run


@workload("means, medians, deviations and quantiles of many samples")
def statistics_of_samples():
    import statistics

    samples = [[(i * j * 7919) % 1000 / 7 for i in range(80)] for j in range(1, 30)]

    def run():
        rows = [(statistics.fmean(s), statistics.median(s), statistics.stdev(s), statistics.quantiles(s, n=4)) for s in samples]
        expect((len(rows), len(rows[0][3])), (29, 3))

    return run


@workload("integers of hundreds of digits: powers, products, digits")
def large_integers():
    def run():
        total = 0
        for i in range(2, 1500):
            value = i**220
            total += len(str(value)) + (value * value + 1) % 1000003 % 2
        expect(total > 60000, True)

    return run
