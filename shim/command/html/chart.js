// SPDX-License-Identifier: MIT
// What the pictures share: a frame that is drawn again when its width changes, a scale of ratios, labels that fit.

// chart(LABEL, DRAW): an SVG as wide as its place. DRAW(svg, width) draws it and returns its height.
function chart(label, draw) {
  const holder = element("div", { class: "chart" });
  const svg = d3.select(holder).append("svg").attr("role", "img").attr("aria-label", label);
  let width = 0;
  const redraw = () => {
    if (!width) return;
    svg.selectChildren().remove();
    const height = draw(svg, width);
    svg.attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
  };
  new ResizeObserver((entries) => {
    const found = Math.floor(entries[0].contentRect.width);
    if (found && found !== width) {
      width = found;
      redraw();
    }
  }).observe(holder);
  return { holder, redraw };
}

// fit(SVG, TEXT, X, Y, ROOM, CLASS): text that is cut, with its whole self in a title, where it does not fit.
function fit(svg, text, x, y, room, kind, anchor = "start") {
  const made = svg
    .append("text")
    .attr("x", x)
    .attr("y", y)
    .attr("class", kind)
    .attr("text-anchor", anchor)
    .text(text);
  const node = made.node();
  if (node.getComputedTextLength() <= room) return made;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    made.text(text.slice(0, middle) + "…");
    if (node.getComputedTextLength() <= room) low = middle;
    else high = middle - 1;
  }
  made.text(text.slice(0, low) + "…");
  made.append("title").text(text);
  return made;
}

const ROUND_RATIOS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300,
  500,
];

// Ratios are alike upwards and downwards on a log scale: half and twice are equally far from 1.
function ratioScale(values, range) {
  let [low, high] = d3.extent([...values, 1]);
  const least = Math.log(1.1); // noise must not be blown up to the whole width
  const margin = Math.max(0.06 * Math.log(high / low), (least - Math.log(high / low)) / 2, 0.01);
  low *= Math.exp(-margin);
  high *= Math.exp(margin);
  return d3.scaleLog([low, high], range);
}

function ratioTicks(scale) {
  const [low, high] = scale.domain();
  const room = Math.abs(scale.range()[1] - scale.range()[0]);
  const most = Math.max(2, Math.floor(room / 52));
  const inside = ROUND_RATIOS.filter((value) => value >= low && value <= high);
  let ticks = high / low < 2.5 ? d3.ticks(low, high, Math.min(most, 7)) : inside;
  while (ticks.length > most) {
    const one = ticks.indexOf(1);
    ticks = ticks.filter((_, index) => Math.abs(index - Math.max(one, 0)) % 2 === 0);
  }
  return ticks;
}

const tickText = (value) => String(Number(value.toPrecision(3)));

// A grid line over the height, with a number below.
function tickBelow(axis, x, top, bottom, text) {
  axis.append("line").attr("class", "grid").attr("x1", x).attr("x2", x).attr("y1", top).attr("y2", bottom);
  axis
    .append("text")
    .attr("class", "tick")
    .attr("x", x)
    .attr("y", bottom + 16)
    .attr("text-anchor", "middle")
    .text(text);
}

// A grid line over the width of a box, with a number to its left.
function tickBeside(svg, box, y, text) {
  svg
    .append("line")
    .attr("class", "grid")
    .attr("x1", box.left)
    .attr("x2", box.right)
    .attr("y1", y)
    .attr("y2", y);
  svg
    .append("text")
    .attr("class", "tick")
    .attr("x", box.left - 8)
    .attr("y", y + 4)
    .attr("text-anchor", "end")
    .text(text);
}

// ratioAxis(…): grid lines over the height, numbers below, the reference as a line of its own.
function ratioAxis(svg, scale, top, bottom) {
  const axis = svg.append("g").attr("class", "axis");
  for (const tick of ratioTicks(scale)) tickBelow(axis, scale(tick), top, bottom, tickText(tick));
  axis
    .append("line")
    .attr("class", "one")
    .attr("x1", scale(1))
    .attr("x2", scale(1))
    .attr("y1", top)
    .attr("y2", bottom);
  return axis;
}

// Which side of 1 an estimate is on, if it can be told: "better", "worse" or "alike".
function sideOf(estimate, better) {
  if (!estimate) return "absent";
  if (!hasSpan(estimate) || (estimate.low <= 1 && estimate.high >= 1)) return "alike";
  return estimate.median < 1 === (better === "low") ? "better" : "worse";
}

// Rows with a label, a track and a value: side by side where there is room, else the label and the value over the track.
function rowsLayout(width, count, { row = 34, narrowRow = 46, labels = 170, values = 150, top = 26 } = {}) {
  const narrow = width < 620;
  const height = narrow ? narrowRow : row;
  const left = narrow ? 6 : labels;
  const right = narrow ? width - 6 : width - values;
  return {
    narrow,
    left,
    right,
    top,
    bottom: top + count * height,
    row: height,
    labelRoom: narrow ? width * 0.5 : labels - 16,
    track: (index) => top + index * height + (narrow ? height * 0.68 : height / 2),
    text: (index) => top + index * height + (narrow ? height * 0.3 : height / 2),
  };
}

// The label and the value of such a row.
function rowTexts(group, width, layout, index, label, value, kind = "value") {
  const y = layout.text(index) + 4;
  fit(group, label, layout.narrow ? layout.left : 0, y, layout.labelRoom, "label");
  group
    .append("text")
    .attr("class", kind)
    .attr("x", layout.narrow ? layout.right : width)
    .attr("y", y)
    .attr("text-anchor", "end")
    .text(value);
}
