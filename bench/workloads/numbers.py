# SPDX-License-Identifier: MIT
"""Arithmetic whose numbers are objects of their own."""

from workloads import expect, workload


@workload("an invoice in decimal.Decimal")
def decimal_invoice():
    from decimal import ROUND_HALF_UP, Decimal

    prices = [Decimal(i * 37 % 10000) / 100 for i in range(2000)]
    cent, tax = Decimal("0.01"), Decimal("0.19")

    def run():
        for _ in range(14):
            net = gross = Decimal(0)
            for price in prices:
                net += price * 3
                gross += (price * 3 * (1 + tax)).quantize(cent, rounding=ROUND_HALF_UP)
        expect(net < gross < net * Decimal("1.2"), True)

    return run


@workload("harmonic sums in fractions.Fraction")
def fraction_sum():
    from fractions import Fraction

    def run():
        for _ in range(18):
            total = Fraction(0)
            for i in range(1, 500):
                total += Fraction(1, i)
        expect(total.denominator % 499, 0)

    return run


@workload("500 digits of pi with big integers, from a spigot")
def pi_digits():
    def run():
        digits = []
        q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
        while len(digits) < 500:
            if 4 * q + r - t < m * t:
                digits.append(m)
                q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
            else:
                q, r, t, k, m, x = (
                    q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2,
                )
        expect(digits[-6:], [1, 1, 9, 4, 9, 1])

    return run


@workload("matrices of floats as lists of lists, multiplied and transposed")
def matrix_lists():
    a = [[(i * j) % 7 + 0.5 for j in range(60)] for i in range(60)]

    def run():
        b = a
        for _ in range(2):
            columns = list(zip(*b))
            b = [[sum(x * y for x, y in zip(row, column)) % 1000.0 for column in columns] for row in a]
        expect((len(b), all(0 <= x < 1000 for row in b for x in row)), (60, True))

    return run
