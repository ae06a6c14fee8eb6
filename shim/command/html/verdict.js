// SPDX-License-Identifier: MIT
// The answer: in words, and as one picture of every arm's ratio to the reference.

function verdict(model) {
  const head = element("header", { id: "verdict" });
  head.append(element("p", { class: "eyebrow" }, model.eyebrow.join(" · ")));
  if (model.command) head.append(element("p", { class: "command" }, nameOf(model.command, "code")));
  head.append(sentence(model, model.headline, "h1"));
  if (model.details.length)
    head.append(
      element(
        "div",
        { class: "words" },
        model.details.map((line) => sentence(model, line)),
      ),
    );
  if (model.arms.some((arm) => arm.main))
    head.append(
      element("figure", {}, ratioPicture(model).holder, element("figcaption", {}, model.pictureCaption)),
    );
  for (const warning of model.warnings)
    head.append(
      element("p", { class: "warning", role: "note" }, element("strong", {}, "Warning: "), warning),
    );
  return head;
}

// A line that begins with an arm's name has the name stand out; any other begins with a capital, as a sentence does.
function sentence(model, line, tag = "p") {
  const begins = ({ name }) => line.startsWith(`${name}: `) || line.startsWith(`${name} `);
  const arm = d3.greatest(model.arms.filter(begins), ({ name }) => name.length);
  if (!arm) return element(tag, { class: "sentence" }, line);
  return element(tag, {}, nameOf(arm.name, "strong"), line.slice(arm.name.length));
}

function ratioPicture(model) {
  const rows = model.arms.filter((arm) => !arm.isReference);
  const told = rows.map((arm) => `${arm.name} ${arm.void ? "void" : withSpan(arm.main)}`).join("; ");
  return chart(`${model.mainTitle}, by arm: ${told}`, (svg, width) => {
    const layout = rowsLayout(width, rows.length, { labels: 190, values: 230, top: 48 });
    const known = rows.filter((arm) => arm.main);
    const scale = ratioScale(
      known.flatMap((arm) => endsOf(arm.main)),
      [layout.left, layout.right],
    );
    pictureHeadings(svg, model, layout, scale, width);
    ratioAxis(svg, scale, layout.top, layout.bottom);
    rows.forEach((arm, index) => ratioRow(svg, model, layout, scale, width, arm, index));
    directions(svg, model.better, layout.left, layout.right, layout.bottom + 36);
    return layout.bottom + 44;
  });
}

function pictureHeadings(svg, model, layout, scale, width) {
  const x = Math.min(Math.max(scale(1), layout.left + 30), layout.right - 30);
  fit(svg, model.reference, x, layout.top - 8, 160, "reference", "middle");
  if (layout.narrow) {
    fit(svg, model.valueTitle, width - 6, 14, width - 12, "heading", "end");
    return;
  }
  svg
    .append("text")
    .attr("class", "heading")
    .attr("x", layout.right + 24)
    .attr("y", layout.top - 8)
    .text(model.mainHeading);
  svg
    .append("text")
    .attr("class", "heading")
    .attr("x", width)
    .attr("y", layout.top - 8)
    .attr("text-anchor", "end")
    .text("memory");
}

function ratioRow(svg, model, layout, scale, width, arm, index) {
  const side = arm.void ? "absent" : sideOf(arm.main, model.better);
  const row = svg.append("g").attr("class", `arm ${side}`);
  const y = layout.track(index);
  const base = layout.text(index) + 4;
  fit(row, arm.name, layout.narrow ? layout.left : 0, base, layout.labelRoom, "label");
  const memory = arm.memory ? number(arm.memory.median) : ABSENT;
  if (hasSpan(arm.main)) {
    row
      .append("line")
      .attr("class", "whisker")
      .attr("x1", scale(arm.main.low))
      .attr("x2", scale(arm.main.high))
      .attr("y1", y)
      .attr("y2", y);
  }
  if (arm.main)
    row.append("circle").attr("class", "dot").attr("cx", scale(arm.main.median)).attr("cy", y).attr("r", 5.5);
  const value = row.append("text").attr("class", "value").attr("y", base);
  value
    .append("tspan")
    .attr("class", "strong")
    .text(arm.void ? "void" : arm.main ? number(arm.main.median) : ABSENT);
  if (layout.narrow) {
    value.attr("x", layout.right).attr("text-anchor", "end");
    if (!arm.void) value.append("tspan").attr("class", "quiet").text(`  memory ${memory}`);
    return;
  }
  value.attr("x", layout.right + 24);
  if (hasSpan(arm.main))
    value
      .append("tspan")
      .attr("class", "quiet")
      .text(`  ${span(arm.main)}`);
  row
    .append("text")
    .attr("class", "value")
    .attr("x", width)
    .attr("y", base)
    .attr("text-anchor", "end")
    .text(memory);
}

function directions(svg, better, left, right, y) {
  const texts = better === "low" ? ["← faster", "slower →"] : ["← slower", "faster →"];
  svg.append("text").attr("class", "tick").attr("x", left).attr("y", y).text(texts[0]);
  svg
    .append("text")
    .attr("class", "tick")
    .attr("x", right)
    .attr("y", y)
    .attr("text-anchor", "end")
    .text(texts[1]);
}
