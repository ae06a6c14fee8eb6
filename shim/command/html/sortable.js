// SPDX-License-Identifier: MIT
// A table whose columns sort: a press of a heading (by mouse or keyboard) sorts, the next one turns it round, the third
// restores the order that the table came in.
//
// columns: { title, help, text: true for words }; rows: arrays of cells, as foot is; a cell: { text, value, … } where an
// absent value is last whatever the order.

function sortable(caption, columns, rows, foot) {
  const state = { column: -1, descending: false };
  const body = element("tbody");
  const heads = columns.map((column, index) =>
    element(
      "th",
      { scope: "col", class: column.text ? "text" : "figure", title: column.help },
      element("button", { type: "button", onclick: () => sort(index) }, nameOf(column.title)),
    ),
  );
  const table = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, heads)),
    body,
  );

  function sort(index) {
    if (state.column !== index) Object.assign(state, { column: index, descending: false });
    else if (!state.descending) state.descending = true;
    else Object.assign(state, { column: -1, descending: false });
    fill(rows);
  }

  function fill(found) {
    rows = found;
    heads.forEach((head, index) => {
      if (index !== state.column) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    });
    body.replaceChildren(...inOrder(rows, state).map((cells) => tableRow(columns, cells)));
    if (foot) table.tFoot?.remove();
    if (foot)
      table.append(element("tfoot", {}, tableRow(columns, typeof foot === "function" ? foot() : foot)));
  }

  fill(rows);
  return {
    holder: element("div", { class: "table", tabindex: 0, role: "region", "aria-label": caption }, table),
    fill,
  };
}

function inOrder(rows, { column, descending }) {
  if (column < 0) return rows;
  const known = (row) => row[column].value !== undefined;
  const sign = descending ? -1 : 1;
  return [
    ...rows.filter(known).sort((a, b) => sign * d3.ascending(a[column].value, b[column].value)),
    ...rows.filter((row) => !known(row)),
  ];
}

function tableRow(columns, cells) {
  return element(
    "tr",
    {},
    cells.map((cell, index) => {
      const attributes = {
        class: [columns[index].text ? "text" : "figure", cell.side].filter(Boolean).join(" "),
        title: cell.title,
      };
      if (index === 0) attributes.scope = "row";
      const made = element(
        index === 0 ? "th" : "td",
        attributes,
        columns[index].text ? nameOf(cell.text) : cell.text,
      );
      if (cell.heat) made.style.setProperty("--heat", `${cell.heat}%`);
      return made;
    }),
  );
}

const words = (text, title) => ({ text, value: text, title });
const figure = (value, show) => ({
  text: isNumber(value) ? show(value) : ABSENT,
  value: isNumber(value) ? value : undefined,
});

// How strongly a ratio colours its cell: nothing at 1 and where it cannot be told from 1, all at three times or a third.
function ratioCell(estimate, text, better) {
  if (!estimate) return { text: ABSENT };
  const side = sideOf(estimate, better);
  const heat = side === "alike" ? 0 : Math.min(1, Math.abs(Math.log(estimate.median)) / Math.log(3)) * 45;
  return {
    text: text || number(estimate.median),
    value: estimate.median,
    side,
    heat: Math.round(heat),
    title: hasSpan(estimate) ? `95 % interval ${span(estimate)}` : undefined,
  };
}
