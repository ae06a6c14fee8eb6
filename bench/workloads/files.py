# SPDX-License-Identifier: MIT
"""Files, streams, archives and a database in memory: what stands between a program and its bytes."""

from workloads import expect, workload


@workload("a text file written and read line by line")
def text_file_lines():
    import os
    import tempfile

    path = os.path.join(tempfile.mkdtemp(), "lines.txt")

    def run():
        with open(path, "w", encoding="utf-8") as file:
            for i in range(20000):
                file.write(f"{i},name {i},{i * 3}\n")
        total = 0
        with open(path, encoding="utf-8") as file:
            for line in file:
                total += int(line.rstrip("\n").split(",")[2])
        os.remove(path)
        expect(total, 599970000)

    return run


@workload("files of 1 MB copied in chunks and read whole")
def copy_files():
    import os
    import shutil
    import tempfile

    folder = tempfile.mkdtemp()
    source, copy = os.path.join(folder, "source"), os.path.join(folder, "copy")
    data = bytes(range(256)) * 4096

    def run():
        for _ in range(6):
            with open(source, "wb") as file:
                file.write(data)
            with open(source, "rb") as a, open(copy, "wb") as b:
                shutil.copyfileobj(a, b, 65536)
            with open(copy, "rb") as file:
                read = file.read()
        os.remove(source)
        os.remove(copy)
        expect(read == data, True)

    return run


@workload("a page of HTML printed into io.StringIO")
def stringio_report():
    import io

    def run():
        for _ in range(8):
            out = io.StringIO()
            for i in range(3000):
                print("<tr><td>", i, "</td><td>", i * 2, "</td></tr>", file=out, sep="")
        expect(len(out.getvalue().splitlines()), 3000)

    return run


@workload("SQLite in memory: 6,000 rows inserted, indexed, selected and grouped")
def sqlite_rows():
    import sqlite3

    rows = [(i, f"user{i}", f"city{i % 50}", i * 0.5) for i in range(6000)]

    def run():
        db = sqlite3.connect(":memory:")
        db.execute("create table users (id integer primary key, name text, city text, balance real)")
        db.executemany("insert into users values (?, ?, ?, ?)", rows)
        db.execute("create index by_city on users (city)")
        in_city = "select name from users where city = ?"
        names = [name for i in range(50) for (name,) in db.execute(in_city, (f"city{i}",))]
        groups = db.execute("select city, count(*), sum(balance) from users group by city order by city").fetchall()
        db.close()
        expect((len(names), len(groups), groups[0][1]), (6000, 50, 120))

    return run
