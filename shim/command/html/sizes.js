// SPDX-License-Identifier: MIT
// What was asked for, by size: the run with counters on. Classes are drawn by powers of two; the table has them as counted.

function sizes(model) {
  const arms = model.arms.filter((arm) => arm.found?.counters?.sizes?.length);
  if (!arms.length) return undefined;
  let counted = arms[0].found.counters.sizes;
  const caption = element("figcaption");
  const picture = chart("", (svg, width) => {
    const all = grouped(d3.sum(counted, (each) => each.calls));
    caption.textContent = `${all} allocations in one run with counters on, by what was asked for; the share of all above each bar.`;
    svg.attr(
      "aria-label",
      `Allocations by size: ${doublings(counted)
        .map((bar) => `up to ${bytes(bar.to)}: ${grouped(bar.calls)}`)
        .join("; ")}`,
    );
    return sizesPicture(svg, width, doublings(counted));
  });
  const table = sortable(
    "Allocations by size, as counted",
    [{ title: "bytes", text: true }, { title: "calls" }, { title: "share" }],
    sizeRows(counted),
  );
  const choose = (index) => {
    counted = arms[index].found.counters.sizes;
    picture.redraw();
    table.fill(sizeRows(counted));
  };
  const tools =
    arms.length > 1
      ? element(
          "div",
          { class: "tools" },
          chooser(
            "Counted under",
            arms.map((arm) => arm.name),
            choose,
          ),
        )
      : undefined;
  return section(
    "sizes",
    "Sizes asked for",
    tools,
    element("figure", {}, picture.holder, caption),
    element("details", {}, element("summary", {}, "Every size class"), table.holder),
  );
}

function doublings(counted) {
  const bars = d3.rollups(
    counted,
    (group) => d3.sum(group, (each) => each.calls),
    (each) => Math.max(4, Math.ceil(Math.log2(each.to_bytes))),
  );
  const known = new Map(bars);
  const [low, high] = d3.extent(known.keys());
  return d3.range(low, high + 1).map((power) => ({ to: 2 ** power, calls: known.get(power) || 0 }));
}

function sizeRows(counted) {
  const all = d3.sum(counted, (each) => each.calls);
  return counted.map(({ from_bytes: from, to_bytes: to, calls }) => [
    { text: from === to ? grouped(from) : `${grouped(from)} to ${grouped(to)}`, value: from },
    figure(calls, grouped),
    figure(calls / all, (share) => `${fixed(share * 100, 1)}%`),
  ]);
}

function sizesPicture(svg, width, bars) {
  const height = 240;
  const box = { left: 0, right: width, top: 24, bottom: height - 36 };
  const all = d3.sum(bars, (bar) => bar.calls);
  const x = d3
    .scaleBand(
      bars.map((bar) => bar.to),
      [box.left, box.right],
    )
    .padding(0.25);
  const y = d3.scaleLinear([0, d3.max(bars, (bar) => bar.calls)], [box.bottom, box.top]);
  const every = Math.ceil(48 / x.step()); // so that the numbers below do not touch
  bars.forEach((bar, index) => {
    const group = svg.append("g").attr("class", "size");
    group.append("title").text(`up to ${bytes(bar.to)}: ${grouped(bar.calls)} calls`);
    const top = bar.calls ? Math.min(y(bar.calls), box.bottom - 1) : box.bottom;
    group
      .append("rect")
      .attr("class", "bar")
      .attr("x", x(bar.to))
      .attr("y", top)
      .attr("width", x.bandwidth())
      .attr("height", box.bottom - top);
    const share = bar.calls / all;
    const centre = x(bar.to) + x.bandwidth() / 2;
    if (share >= 0.005)
      group
        .append("text")
        .attr("class", "tick share")
        .attr("x", centre)
        .attr("y", top - 6)
        .attr("text-anchor", "middle")
        .text(percent(share));
    if (index % every === 0)
      group
        .append("text")
        .attr("class", "tick")
        .attr("x", centre)
        .attr("y", box.bottom + 17)
        .attr("text-anchor", "middle")
        .text(bytesRound(bar.to).replace("iB", ""));
  });
  svg
    .append("line")
    .attr("class", "base")
    .attr("x1", 0)
    .attr("x2", width)
    .attr("y1", box.bottom)
    .attr("y2", box.bottom);
  svg
    .append("text")
    .attr("class", "heading")
    .attr("x", width)
    .attr("y", height - 3)
    .attr("text-anchor", "end")
    .text("bytes asked for, up to");
  return height;
}
