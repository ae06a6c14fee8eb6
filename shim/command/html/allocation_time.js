// SPDX-License-Identifier: MIT
// The time inside allocation calls, as the counters sampled it.

function allocationTime(model) {
  const timed = model.arms.filter((arm) => arm.found?.counters?.time);
  const shares = timed.map(shareOf).filter((row) => isNumber(row.share));
  const calls = timed.flatMap((arm) =>
    timedFunctions(arm.found.counters.time).map(([name, time]) => callRow(arm, name, time)),
  );
  if (!shares.length && !calls.length) return undefined;
  const columns = ["arm", "function", "p50", "p99", "longest"].map((title, index) => ({
    title,
    text: index < 2,
  }));
  return section(
    "allocation-time",
    "Time in allocation",
    shares.length ? sharesFigure(shares) : undefined,
    calls.length ? sortable("Time of a call, by function", columns, calls).holder : undefined,
    note(
      "Estimates from sampled calls, in one run of the arm with counters on. What an allocator costs outside its calls, page " +
        "faults first of all, is not in them.",
    ),
  );
}

function shareOf(arm) {
  const { allocation_share: share, allocation_share_error: error } = arm.found.counters.time;
  const text = `${fixed(share * 100, 1)}%` + (isNumber(error) ? ` ±${fixed(error * 100, 1)}` : "");
  return { name: arm.name, share, error: isNumber(error) ? error : 0, text };
}

const callRow = (arm, name, time) => [
  words(arm.name),
  words(name),
  ...["p50_ns", "p99_ns", "max_ns"].map((key) => figure(own(time, key), nanoseconds)),
];

function sharesFigure(shares) {
  const told = shares.map(({ name, text }) => `${name} ${text}`).join("; ");
  const picture = chart(`Share of CPU time inside allocation calls: ${told}`, (svg, width) =>
    sharesPicture(svg, width, shares),
  );
  return element(
    "figure",
    {},
    picture.holder,
    element(
      "figcaption",
      {},
      "Share of CPU time that was spent inside allocation calls, with its error.",
    ),
  );
}

function sharesPicture(svg, width, shares) {
  const layout = rowsLayout(width, shares.length, { labels: 190, values: 120, top: 8 });
  const scale = d3.scaleLinear(
    [0, d3.max(shares, ({ share, error }) => share + error)],
    [layout.left, layout.right],
  );
  shares.forEach(({ name, share, error, text }, index) => {
    const y = layout.track(index);
    const row = svg.append("g").attr("class", "arm");
    row
      .append("rect")
      .attr("class", "bar")
      .attr("x", layout.left)
      .attr("y", y - 6)
      .attr("width", scale(share) - layout.left)
      .attr("height", 12);
    row
      .append("line")
      .attr("class", "median")
      .attr("x1", scale(Math.max(0, share - error)))
      .attr("x2", scale(share + error))
      .attr("y1", y)
      .attr("y2", y);
    rowTexts(row, width, layout, index, name, text);
  });
  return layout.bottom + 8;
}

const nanoseconds = (value) => seconds(value / 1e9);

function timedFunctions(time) {
  return Object.entries(time.functions || time).filter(
    ([, found]) => isObject(found) && ["p50_ns", "p99_ns", "max_ns"].some((key) => isNumber(own(found, key))),
  );
}
