// SPDX-License-Identifier: MIT
// A comparison's table: every arm with the medians of its runs.

const UNITS = [
  [/_seconds$/, TIMES],
  [/_bytes$/, SIZES],
  [/_per_second$/, RATES],
];

// A measure is what the results have medians of; its name tells its unit, and a rate is the better the higher it is.
function measureOf(field) {
  const units = UNITS.find(([ending]) => ending.test(field))?.[1] || COUNTS;
  const key = field.replace(/_(seconds|bytes)$/, "");
  return {
    field,
    key,
    title: key.replace(/_/g, " "),
    units,
    better: units === RATES ? "high" : "low",
    show: (value) => inUnits(value, units),
  };
}

// The one that the verdict is about comes first.
function measuresOf(model) {
  const fields = new Set(model.arms.flatMap((arm) => Object.keys(arm.found.median || {})));
  return d3.sort([...fields].map(measureOf), ({ key }) => (key === model.primary ? 0 : 1));
}

// The median of the runs, coloured by the paired ratio, which the title tells.
function medianCell(reference, arm, { key, field, show, better }) {
  const value = own(arm.found.median, field);
  if (!isNumber(value)) return { text: ABSENT };
  const ratio = estimateOf(own(arm.found.ratio, key));
  const colour = ratio ? ratioCell(ratio, undefined, better) : {};
  return {
    ...colour,
    text: show(value),
    value,
    title: ratio && `${withSpan(ratio)} times that of ${reference}`,
  };
}

function armsTable(model) {
  if (model.kind !== "compare") return undefined;
  const measures = measuresOf(model);
  const columns = [
    { title: "arm", text: true },
    { title: "runs" },
    ...measures.map(({ title }) => ({ title })),
  ];
  const rows = model.arms.map((arm) => [
    words(
      arm.void ? `${arm.name} (void)` : arm.found.dropped_after ? `${arm.name} (dropped)` : arm.name,
      arm.void,
    ),
    figure(arm.found.runs?.length, grouped),
    ...measures.map((measure) => medianCell(model.reference, arm, measure)),
  ]);
  return section(
    "arms",
    "Arm by arm",
    sortable("Medians of the runs of every arm", columns, rows).holder,
    note(
      "Medians of all runs; coloured where the ratio, paired turn by turn with the reference, can be told from 1.",
    ),
  );
}
