// SPDX-License-Identifier: MIT
// Memory over time under a load: of every arm the run whose peak is the median one.

function memoryOverTime(model) {
  const lines = model.arms.map(medianRun).filter(Boolean);
  if (!lines.length) return undefined;
  const told = lines
    .map((line) => `${line.name} peaks at ${bytes(d3.max(line.points, (point) => point[1]))}`)
    .join("; ");
  const picture = chart(`Memory over time. ${told}`, (svg, width) => memoryPicture(svg, width, lines));
  return section(
    "memory",
    "Memory over time",
    element(
      "figure",
      {},
      picture.holder,
      element(
        "figcaption",
        {},
        `Of each arm the run whose peak is nearest to the median peak; memory of the process tree.`,
      ),
    ),
  );
}

const SOURCES = {
  cgroup: "the cgroup's own peak, page cache included",
  pss: "proportional set sizes of all processes, summed, sampled",
  max_rss: "the largest resident set that one process had",
};

function sourceOf(results) {
  const source = results.peak_memory_source;
  return source ? ` (${own(SOURCES, source) || source})` : "";
}

function medianRun(arm) {
  const runs = (arm.found?.runs || []).filter((run) => run.memory_over_time?.length);
  if (!runs.length) return undefined;
  const peak = (run) => d3.max(run.memory_over_time, (point) => point[1]);
  const middle = d3.median(runs, peak);
  const run = d3.least(runs, (each) => Math.abs(peak(each) - middle));
  return { name: arm.name, points: run.memory_over_time };
}

function memoryPicture(svg, width, lines) {
  const narrow = width < 620;
  const height = narrow ? 240 : 320;
  const box = { left: 62, right: width - (narrow ? 8 : 170), top: 12, bottom: height - 40 };
  const x = d3.scaleLinear([0, d3.max(lines, (line) => line.points.at(-1)[0])], [box.left, box.right]);
  const most = d3.max(lines, (line) => d3.max(line.points, (point) => point[1]));
  const y = d3.scaleLinear([0, most], [box.bottom, box.top]);
  for (const tick of byteTicks(most)) tickBeside(svg, box, y(tick), tick ? bytesRound(tick) : "0");
  for (const tick of x.ticks(Math.max(2, Math.floor((box.right - box.left) / 90)))) {
    svg
      .append("text")
      .attr("class", "tick")
      .attr("x", x(tick))
      .attr("y", box.bottom + 18)
      .attr("text-anchor", "middle")
      .text(tickText(tick));
  }
  svg
    .append("text")
    .attr("class", "heading")
    .attr("x", box.right)
    .attr("y", box.bottom + 34)
    .attr("text-anchor", "end")
    .text("seconds");
  const path = d3.line(
    (point) => x(point[0]),
    (point) => y(point[1]),
  );
  lines.forEach((line, index) =>
    svg
      .append("path")
      .attr("class", `series ${seriesClass(index)}`)
      .attr("d", path(line.points)),
  );
  return narrow ? legendBelow(svg, lines, width, height) : labelsBeside(svg, lines, x, y, box, height);
}

const seriesClass = (index) => `series-${index % 6}${index >= 6 ? " dashed" : ""}`;

// Without decimals where they are zeros.
const bytesRound = (value) => bytes(value).replace(/\.0+ /, " ");

// Round numbers of the unit at hand, not of bytes.
function byteTicks(most) {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log(most) / Math.log(1024)));
  return d3.ticks(0, most / unit, 5).map((tick) => tick * unit);
}

// Names at the ends of their lines, moved apart where they would touch.
function labelsBeside(svg, lines, x, y, box, height) {
  const gap = 16;
  const labels = lines.map((line, index) => ({
    line,
    index,
    y: y(line.points.at(-1)[1]),
    end: x(line.points.at(-1)[0]),
  }));
  labels.sort((a, b) => d3.ascending(a.y, b.y));
  labels.forEach((label, index) => (label.at = Math.max(label.y, index ? labels[index - 1].at + gap : 8)));
  const over = labels.at(-1).at - box.bottom;
  if (over > 0) labels.forEach((label) => (label.at -= over));
  for (const { line, index, y: level, end, at } of labels) {
    const group = svg.append("g").attr("class", seriesClass(index));
    group
      .append("path")
      .attr("class", "leader")
      .attr("d", `M${end},${level}L${box.right + 8},${level}L${box.right + 18},${at}`);
    fit(group, line.name, box.right + 24, at + 4, 144, "label coloured");
  }
  return height;
}

function legendBelow(svg, lines, width, height) {
  lines.forEach((line, index) => {
    const y = height + 8 + index * 20;
    const group = svg.append("g").attr("class", seriesClass(index));
    group
      .append("path")
      .attr("class", `series ${seriesClass(index)}`)
      .attr("d", `M8,${y}L36,${y}`);
    fit(group, line.name, 46, y + 4, width - 52, "label");
  });
  return height + lines.length * 20;
}
