// SPDX-License-Identifier: MIT
// Time against memory: where every arm stands in both at once.

function scatter(model) {
  const shown = model.arms.filter((arm) => arm.main && arm.memory);
  if (!shown.length) return undefined;
  const told = shown
    .map(
      (arm) =>
        `${arm.name}: ${model.mainHeading} ${number(arm.main.median)}, memory ${number(arm.memory.median)}`,
    )
    .join("; ");
  const picture = chart(`${model.mainTitle} and peak memory, by arm. ${told}`, (svg, width) =>
    scatterPicture(svg, width, model, shown),
  );
  return section(
    "scatter",
    "Time against memory",
    element(
      "figure",
      {},
      picture.holder,
      element(
        "figcaption",
        {},
        `Both as ratios to ${model.reference}, which stands where the two lines cross; ` +
          `best is ${model.better === "low" ? "down and to the left" : "down and to the right"}.` +
          (shown.some((arm) => hasSpan(arm.main) && hasSpan(arm.memory)) ? " Bars are 95 % intervals." : ""),
      ),
    ),
  );
}

function scatterPicture(svg, width, model, shown) {
  const height = Math.min(420, Math.max(300, width * 0.5));
  const box = { left: 44, right: width - 8, top: 26, bottom: height - 46 };
  const x = ratioScale(
    shown.flatMap((arm) => endsOf(arm.main)),
    [box.left, box.right],
  );
  const y = ratioScale(
    shown.flatMap((arm) => endsOf(arm.memory)),
    [box.bottom - 8, box.top + 14],
  );
  ratioAxis(svg, x, box.top, box.bottom);
  for (const tick of ratioTicks(y)) tickBeside(svg, box, y(tick), tickText(tick));
  svg
    .append("line")
    .attr("class", "one")
    .attr("x1", box.left)
    .attr("x2", box.right)
    .attr("y1", y(1))
    .attr("y2", y(1));
  svg.append("text").attr("class", "heading").attr("x", 0).attr("y", 12).text("peak memory ↑ more");
  svg
    .append("text")
    .attr("class", "heading")
    .attr("x", (box.left + box.right) / 2)
    .attr("y", height - 10)
    .attr("text-anchor", "middle")
    .text(model.mainHeading);
  directions(svg, model.better, box.left, box.right, height - 10);
  const points = shown.map((arm) => ({ arm, x: x(arm.main.median), y: y(arm.memory.median) }));
  for (const point of points) point.bars = scatterMark(svg, model, point, x, y);
  const reference = { arm: { name: model.reference }, x: x(1), y: y(1) };
  svg.append("circle").attr("class", "origin").attr("cx", reference.x).attr("cy", reference.y).attr("r", 4);
  const lines = [
    { x0: reference.x - 1, x1: reference.x + 1, y0: box.top, y1: box.bottom },
    { x0: box.left, x1: box.right, y0: reference.y - 1, y1: reference.y + 1 },
  ];
  placeLabels(svg, [...points, reference], box, lines);
  return height;
}

// Draws the point and its intervals; gives the room that the intervals take.
function scatterMark(svg, model, { arm, x: centre, y: level }, x, y) {
  const mark = svg.append("g").attr("class", `arm ${sideOf(arm.main, model.better)}`);
  const ends = [];
  if (hasSpan(arm.main)) ends.push({ x0: x(arm.main.low), x1: x(arm.main.high), y0: level, y1: level });
  if (hasSpan(arm.memory))
    ends.push({ x0: centre, x1: centre, y0: y(arm.memory.high), y1: y(arm.memory.low) });
  for (const { x0, x1, y0, y1 } of ends)
    mark
      .append("line")
      .attr("class", "whisker thin")
      .attr("x1", x0)
      .attr("x2", x1)
      .attr("y1", y0)
      .attr("y2", y1);
  mark.append("circle").attr("class", "dot").attr("cx", centre).attr("cy", level).attr("r", 5.5);
  mark
    .append("title")
    .text(`${arm.name}: ${model.mainHeading} ${withSpan(arm.main)}, memory ${number(arm.memory.median)}`);
  return ends.map(({ x0, x1, y0, y1 }) => ({ x0: x0 - 2, x1: x1 + 2, y0: y0 - 2, y1: y1 + 2 }));
}

const overlap = (a, b) => a.x0 < b.x1 && a.x1 > b.x0 && a.y0 < b.y1 && a.y1 > b.y0;

// Each label goes to the first place beside its point where it covers no point, no bar and no other label, and no line if
// that can be had. A point in a crowd may stay without: its title tells its name, and so does the picture of the verdict.
function placeLabels(svg, points, box, lines) {
  const taken = points.flatMap(({ x, y, bars }) => [
    { x0: x - 7, x1: x + 7, y0: y - 7, y1: y + 7 },
    ...(bars || []),
  ]);
  const free = (spot) =>
    spot.x0 >= 0 &&
    spot.x1 <= box.right + 8 &&
    spot.y0 >= 14 &&
    spot.y1 <= box.bottom &&
    !taken.some((other) => overlap(spot, other));
  const clear = (spot) => free(spot) && !lines.some((line) => overlap(spot, line));
  for (const { arm, x, y } of points) {
    const label = fit(svg, arm.name, 0, 0, Math.min(200, box.right / 2), "label");
    const length = label.node().getComputedTextLength();
    const boxes = placesAround(x, y, length).map(([left, middle]) => ({
      x0: left,
      x1: left + length,
      y0: middle - 7,
      y1: middle + 7,
    }));
    const chosen = boxes.find(clear) || boxes.find(free);
    if (!chosen) {
      label.remove();
      continue;
    }
    taken.push({ ...chosen, x0: chosen.x0 - 6, x1: chosen.x1 + 6 });
    label.attr("x", chosen.x0).attr("y", chosen.y0 + 11);
    if (Math.abs(chosen.y0 + 7 - y) > 20) {
      const end = Math.max(chosen.x0, Math.min(x, chosen.x1));
      svg
        .append("line")
        .attr("class", "leader")
        .attr("x1", x)
        .attr("y1", y)
        .attr("x2", end)
        .attr("y2", chosen.y0 + (chosen.y0 > y ? 1 : 13));
    }
  }
}

function placesAround(x, y, length) {
  const places = [
    [x + 10, y],
    [x - 10 - length, y],
  ];
  for (const rise of [-16, 16, -30, 30, -44, 44, -58, 58]) {
    places.push([x + 6, y + rise], [x - 6 - length, y + rise], [x - length / 2, y + rise]);
  }
  return places;
}
