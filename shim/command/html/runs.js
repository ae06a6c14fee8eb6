// SPDX-License-Identifier: MIT
// How the single runs lie: a dot a run (or a workload), a bar at the median.

function runs(model) {
  const choices = model.kind === "bench" ? benchDistributions(model) : compareDistributions(model);
  if (!choices.length) return undefined;
  let chosen = choices[0];
  let found = chosen.read();
  const caption = element("figcaption");
  const picture = chart("", (svg, width) => {
    svg.attr(
      "aria-label",
      `${chosen.title}: ${found.map((row) => `${row.name}, median ${row.text} of ${row.values.length}`).join("; ")}`,
    );
    return distribution(svg, width, chosen, found);
  });
  const choose = (index) => {
    chosen = choices[index];
    found = chosen.read();
    caption.textContent = chosen.caption;
    picture.redraw();
  };
  caption.textContent = chosen.caption;
  return section(
    "runs",
    "Distribution of the runs",
    element(
      "div",
      { class: "tools" },
      chooser(
        "Show",
        choices.map((choice) => choice.title),
        choose,
      ),
    ),
    element("figure", {}, picture.holder, caption),
  );
}

const rowOf = (name, values, show, side) => ({
  name,
  values,
  median: d3.median(values),
  text: show(d3.median(values)),
  side,
});

function benchDistributions(model) {
  const { results, reference } = model;
  if (!results.workloads.length) return [];
  const arms = model.arms.filter((arm) => !arm.isReference);
  const ofAll = (arm) => results.workloads.map((row) => own(row.ratio, arm.name)?.median).filter(isNumber);
  const inTurns = (name, arm) => {
    const raw = own(results.raw, name);
    const starts = own(raw, arm.name) || [];
    return starts.flatMap((turns, start) => turns.map((ns, turn) => ns / raw[reference][start][turn]));
  };
  const rows = (valuesOf, centreOf) => () =>
    arms
      .map((arm) => ({ ...rowOf(arm.name, valuesOf(arm), number, sideOf(centreOf(arm), "low")) }))
      .filter((row) => row.values.length);
  return [
    {
      title: `all ${results.workloads.length} workloads`,
      ratio: true,
      better: "low",
      caption: `One dot a workload: its time over ${reference}'s. Bars stand at the median of the dots.`,
      read: rows(ofAll, (arm) => arm.main),
    },
    ...results.workloads
      .filter((row) => own(results.raw, row.name))
      .map((row) => ({
        title: row.name,
        ratio: true,
        better: "low",
        caption: `${row.help}. One dot a turn: its time over ${reference}'s in the same turn. Bars stand at the median of the dots.`,
        read: rows(
          (arm) => inTurns(row.name, arm),
          (arm) => estimateOf(own(row.ratio, arm.name)),
        ),
      })),
  ];
}

function compareDistributions(model) {
  return measuresOf(model).map((measure) => ({
    title: measure.title,
    units: measure.units,
    caption:
      "One dot a run; bars stand at the median. Runs of one turn belong together: the machine may drift from turn to turn, which the ratios above leave out and these dots do not.",
    read: () =>
      model.arms
        .map((arm) =>
          rowOf(
            arm.name,
            (arm.found.runs || []).map((run) => own(run, measure.field)).filter(isNumber),
            measure.show,
            arm.isReference ? "alike" : sideOf(estimateOf(own(arm.found.ratio, measure.key)), measure.better),
          ),
        )
        .filter((row) => row.values.length),
  }));
}

function distribution(svg, width, chosen, rows) {
  const layout = rowsLayout(width, rows.length, {
    row: 44,
    narrowRow: 60,
    labels: 190,
    values: 110,
    top: 10,
  });
  const range = [layout.left + 6, layout.right - 6];
  const all = rows.flatMap((row) => row.values);
  const scale = chosen.ratio ? ratioScale(all, range) : plainScale(all, range);
  if (chosen.ratio) ratioAxis(svg, scale, layout.top, layout.bottom);
  else plainAxis(svg, scale, layout.top, layout.bottom, chosen.units);
  rows.forEach((row, index) => {
    const group = svg.append("g").attr("class", `arm ${row.side}`);
    const y = layout.track(index);
    const room = layout.narrow ? 13 : 17;
    const radius = layout.narrow ? 2 : 2.6;
    const dots = swarm(row.values.map(scale), radius, room);
    for (const dot of dots)
      group
        .append("circle")
        .attr("class", "run")
        .attr("cx", dot.x)
        .attr("cy", y + dot.y)
        .attr("r", radius);
    group
      .append("line")
      .attr("class", "median")
      .attr("x1", scale(row.median))
      .attr("x2", scale(row.median))
      .attr("y1", y - room)
      .attr("y2", y + room);
    rowTexts(group, width, layout, index, row.name, row.text, "value strong");
  });
  if (!chosen.ratio) return layout.bottom + 24;
  directions(svg, chosen.better, layout.left, layout.right, layout.bottom + 36);
  return layout.bottom + 44;
}

const LEAST_SPREAD = 0.05; // of the values' size: noise must not be blown up to the whole width

function plainScale(values, range) {
  const [low, high] = d3.extent(values);
  const margin = Math.max(0.04 * (high - low), (LEAST_SPREAD * high - (high - low)) / 2, Number.MIN_VALUE);
  return d3.scaleLinear([low < margin ? 0 : low - margin, high + margin], range);
}

// Round numbers in the unit that suits the largest one.
function plainAxis(svg, scale, top, bottom, units) {
  const axis = svg.append("g").attr("class", "axis");
  const [low, high] = scale.domain();
  const [size, name] = unitFor(high, units);
  const most = Math.max(2, Math.floor((scale.range()[1] - scale.range()[0]) / 90));
  for (const tick of d3.ticks(low / size, high / size, most)) {
    const text = tick.toLocaleString("en", { maximumSignificantDigits: 6 });
    tickBelow(axis, scale(tick * size), top, bottom, `${text} ${name}`.trim());
  }
}

// Dots that would cover each other move up and down in turn; where there is no room left, they do cover each other.
function swarm(places, radius, room) {
  const placed = [];
  for (const x of [...places].sort(d3.ascending)) {
    const near = placed.filter((dot) => x - dot.x < 2 * radius);
    let y = 0;
    for (let step = 1; near.some((dot) => (dot.x - x) ** 2 + (dot.y - y) ** 2 < (2 * radius) ** 2); step++) {
      const next = Math.ceil(step / 2) * radius * (step % 2 ? 1 : -1);
      y = Math.abs(next) > room - radius ? 0 : next;
      if (!y) break;
    }
    placed.push({ x, y });
  }
  return placed;
}
