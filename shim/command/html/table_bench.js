// SPDX-License-Identifier: MIT
// The bench's tables: kinds of work, every workload, other pairs of arms.

const WIDE_INTERVAL = 0.1; // a ratio whose 95 % interval is wider than this gets a `~`, as in the terminal

function timeCell(row, arm) {
  const estimate = estimateOf(own(row.ratio, arm));
  if (!estimate) return { text: ABSENT };
  const wide = hasSpan(estimate) && estimate.high - estimate.low > WIDE_INTERVAL * estimate.median;
  return ratioCell(estimate, (wide ? "~" : "") + number(estimate.median), "low");
}

const memoryCell = (row, arm) => figure(own(row.peak_rss_ratio, arm), number);

const BEYOND_RATIOS = 1e12; // what comes out of none is sorted after every ratio

// A ratio; where the reference has no faults, how many more there are a repetition.
function faultsCell(row, arm) {
  const ratio = own(row.page_faults_ratio, arm);
  if (isNumber(ratio)) return figure(ratio, number);
  const count = own(row.page_faults, arm);
  return count >= 0.5 ? { text: "+" + shortCount(count), value: BEYOND_RATIOS + count } : { text: ABSENT };
}

const cpuCell = (row, arm) => ratioCell(estimateOf(own(row.cpu_ratio, arm)), undefined, "low");

// What the table can show: a cell for a workload and an arm, and the mean of the last line.
const WORKLOAD_VIEWS = [
  { title: "time", cell: timeCell, mean: (model, arm) => ratioCell(arm.main, undefined, "low") },
  {
    title: "CPU time",
    cell: cpuCell,
    mean: (model, arm) => figure(own(model.results.cpu_geomean, arm.name), number),
  },
  { title: "peak memory", cell: memoryCell, mean: (model, arm) => figure(arm.memory?.median, number) },
  { title: "page faults", cell: faultsCell, mean: faultsMean },
];

function faultsMean(model, arm) {
  const base = own(model.results.page_faults_total, model.reference);
  const total = own(model.results.page_faults_total, arm.name);
  return base && isNumber(total) ? figure(total / base, number) : { text: ABSENT };
}

function workloadsTable(model) {
  if (model.kind !== "bench" || !model.results.workloads.length) return undefined;
  const { results, reference } = model;
  const arms = model.arms.filter((arm) => !arm.isReference);
  const views = WORKLOAD_VIEWS.filter(({ cell }) =>
    results.workloads.some((row) => arms.some((arm) => cell(row, arm.name).value !== undefined)),
  );
  let view = views[0];
  const columns = [
    { title: "workload", text: true },
    { title: "kind of work", text: true },
    { title: `${reference} ms`, help: "milliseconds a repetition" },
    ...arms.map((arm) => ({ title: arm.name, help: arm.help })),
  ];
  const row = (workload) => [
    words(workload.name, workload.help),
    words(workload.group),
    figure(workload.reference_seconds * 1000, (value) => fixed(value, 1)),
    ...arms.map((arm) => view.cell(workload, arm.name)),
  ];
  const foot = () => [
    words("all, geometric mean"),
    words(""),
    { text: "" },
    ...arms.map((arm) => view.mean(model, arm)),
  ];
  const table = sortable(
    "Every workload, each arm against the reference",
    columns,
    results.workloads.map(row),
    foot,
  );
  const choose = (index) => {
    view = views[index];
    table.fill(results.workloads.map(row));
  };
  return section(
    "workloads",
    "Workload by workload",
    element(
      "div",
      { class: "tools" },
      chooser(
        "Show",
        views.map((each) => each.title),
        choose,
      ),
    ),
    table.holder,
    note(
      `Ratios to ${reference}; below 1 is better. A ~ marks a 95 % interval wider than 10 %; only times that can be told from 1 are coloured. ` +
        "Page faults: a + is a count per repetition, where the reference has none (the last line: of all faults together).",
    ),
  );
}

function groupsTable(model) {
  const { groups, groups_interval: intervals } = model.results;
  const names = Object.keys(groups || {});
  if (names.length < 2) return undefined;
  const arms = model.arms.filter((arm) => !arm.isReference);
  const columns = [
    { title: "kind of work", text: true },
    ...arms.map((arm) => ({ title: arm.name, help: arm.help })),
  ];
  const estimate = (group, arm) =>
    estimateOf({ median: own(groups[group], arm.name), ...own(own(intervals, group), arm.name) });
  const rows = names.map((group) => [
    words(group),
    ...arms.map((arm) => ratioCell(estimate(group, arm), undefined, "low")),
  ]);
  return section(
    "groups",
    "Kind by kind",
    sortable("Every kind of work, each arm against the reference", columns, rows).holder,
    note(
      `Geometric means of the workloads of a kind, time over ${model.reference}'s; below 1 is better. Coloured where it can be told from 1.`,
    ),
  );
}

function comparisonsTable(model) {
  const found = model.results.comparisons || [];
  if (!found.length) return undefined;
  const columns = [
    { title: "arm", text: true },
    { title: "against", text: true },
    { title: "time" },
    { title: "95 % interval" },
    { title: "what it tells", text: true },
  ];
  const rows = found.map(({ arm, against, title, ratio }) => [
    words(arm),
    words(against),
    ratioCell(estimateOf(ratio), ratio && fixed(ratio.median, 3), "low"),
    ratio ? { text: span(ratio, (value) => fixed(value, 3)), value: ratio.low } : { text: ABSENT },
    words(title),
  ]);
  return section(
    "pairs",
    "Other pairs, from the same turns",
    sortable("Pairs of arms neither of which need be the reference", columns, rows).holder,
  );
}
