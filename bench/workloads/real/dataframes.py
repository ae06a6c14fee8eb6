# SPDX-License-Identifier: MIT
"""pandas, as a report does it: read a CSV, clean strings, group, join, write."""

from workloads import expect, workload

ROWS = 20000


def sales():
    import pandas

    return pandas.DataFrame({
        "customer": [f"Customer {i * 31 % 977}" for i in range(ROWS)],
        "city": [f"City {i * 17 % 40}" for i in range(ROWS)],
        "quantity": [i % 9 for i in range(ROWS)],
        "price": [i % 113 * 0.25 for i in range(ROWS)],
    })  # fmt: skip


@workload("a CSV of 20,000 rows read into a frame")
def pandas_read_csv():
    import io

    import pandas

    text = sales().to_csv(index=False)

    def run():
        for _ in range(3):
            frame = pandas.read_csv(io.StringIO(text))
        expect((frame.shape, int(frame["quantity"].sum())), ((ROWS, 4), 79993))

    return run


@workload("the frame written as CSV")
def pandas_to_csv():
    frame = sales().head(8000)

    def run():
        text = frame.to_csv(index=False)
        expect((text.count("\n"), text.startswith("customer,city,quantity,price\nCustomer 0,City 0,0,0.0\n")), (8001, True))

    return run


@workload("sums, means and counts by two keys")
def pandas_groupby():
    frame = sales()

    def run():
        for _ in range(4):
            grouped = frame.groupby(["city", "quantity"]).agg({"price": ["sum", "mean"], "customer": "nunique"})
        expect((len(grouped), round(float(grouped[("price", "sum")].sum()), 2)), (360, float(frame["price"].sum())))

    return run


@workload("two frames joined by a key of strings, then sorted")
def pandas_merge():
    import pandas

    frame = sales()
    customers = pandas.DataFrame({"customer": [f"Customer {i}" for i in range(977)], "segment": [i % 5 for i in range(977)]})

    def run():
        for _ in range(3):
            joined = frame.merge(customers, on="customer").sort_values(["segment", "customer", "price"])
        expect((len(joined), int(joined["segment"].iloc[-1])), (ROWS, 4))

    return run


@workload("a column of strings changed, searched and split")
def pandas_strings():
    frame = sales()

    def run():
        names = frame["customer"].str.upper().str.replace("CUSTOMER", "C")
        numbers = names.str.split(" ").str[1].astype(int)
        expect((int(names.str.contains("97").sum()), int(numbers.max())), (331, 976))

    return run


@workload("columns of numbers: differences, moving means, ranks, clipping")
def pandas_columns():
    frame = sales()

    def run():
        for _ in range(8):
            amount = frame["quantity"] * frame["price"]
            smooth = amount.rolling(20).mean().fillna(0).clip(upper=100)
            ranks = amount.rank(method="dense")
        expect((len(smooth), bool(smooth.max() <= 100), int(ranks.min())), (ROWS, True, 1))

    return run
