// The tables: every workload of the bench, or every arm of a comparison.

function tables(model) {
  return model.kind === "bench" ? [workloadsTable(model), comparisonsTable(model)] : [armsTable(model)];
}

const WIDE_INTERVAL = 0.1; // a ratio whose 95 % interval is wider than this gets a `~`, as in the terminal

function timeCell(row, arm) {
  const estimate = estimateOf(own(row.ratio, arm));
  if (!estimate) return { text: ABSENT };
  const wide = estimate.high - estimate.low > WIDE_INTERVAL * estimate.median;
  return ratioCell(estimate, (wide ? "~" : "") + number(estimate.median), "low");
}

const memoryCell = (row, arm) => ratioCell(own(row.peak_rss_ratio, arm), undefined, "low");

// A ratio; where the reference has no faults, how many more there are a repetition.
function faultsCell(row, arm) {
  const ratio = own(row.page_faults_ratio, arm);
  if (isNumber(ratio)) return figure(ratio, number);
  const count = own(row.page_faults, arm);
  return count >= 0.5 ? { text: "+" + shortCount(count), value: count } : { text: ABSENT };
}

const WORKLOAD_VIEWS = [
  { title: "time", cell: timeCell, mean: (model, arm) => ratioCell(arm.main, number(arm.main?.median), "low") },
  { title: "peak memory", cell: memoryCell, mean: (model, arm) => ratioCell(arm.memory?.median, undefined, "low") },
  { title: "page faults", cell: faultsCell, mean: faultsMean },
];

function faultsMean(model, arm) {
  const base = own(model.results.page_faults_total, model.reference);
  const total = own(model.results.page_faults_total, arm.name);
  return base && isNumber(total) ? figure(total / base, number) : { text: ABSENT };
}

function workloadsTable(model) {
  const { results, reference } = model;
  if (!results.workloads.length) return undefined;
  const arms = model.arms.filter((arm) => !arm.isReference);
  let view = WORKLOAD_VIEWS[0];
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
  const foot = () => [words("all, geometric mean"), words(""), { text: "" }, ...arms.map((arm) => view.mean(model, arm))];
  const table = sortable("Every workload, each arm against the reference", columns, results.workloads.map(row), foot);
  const choose = (index) => {
    view = WORKLOAD_VIEWS[index];
    table.fill(results.workloads.map(row));
  };
  return section("workloads", "Workload by workload",
    element("div", { class: "tools" }, chooser("Show", WORKLOAD_VIEWS.map((each) => each.title), choose)),
    table.holder,
    note(`Ratios to ${reference}; below 1 is better. A ~ marks a 95 % interval wider than 10 %; only ratios that can be told from 1 are coloured. ` +
      "Page faults: a + is a count per repetition, where the reference has none (the last line: of all faults together)."));
}

function comparisonsTable(model) {
  const found = model.results.comparisons || [];
  if (!found.length) return undefined;
  const columns = [{ title: "arm", text: true }, { title: "against", text: true }, { title: "time" }, { title: "95 % interval" }, { title: "what it tells", text: true }];
  const rows = found.map(({ arm, against, title, ratio }) => [
    words(arm), words(against), ratioCell(estimateOf(ratio), ratio && fixed(ratio.median, 3), "low"),
    ratio ? { text: span(ratio, (value) => fixed(value, 3)), value: ratio.low } : { text: ABSENT }, words(title),
  ]);
  return section("pairs", "Other pairs, from the same turns", sortable("Pairs of arms neither of which need be the reference", columns, rows).holder);
}

const MEASURES = [
  { key: "requests_per_second", title: "requests", units: RATES, better: "high" },
  { key: "latency_p50", field: "latency_p50_seconds", title: "p50", units: TIMES },
  { key: "latency_p99", field: "latency_p99_seconds", title: "p99", units: TIMES },
  { key: "wall", field: "wall_seconds", title: "wall time", units: TIMES },
  { key: "user", field: "user_seconds", title: "user time", units: TIMES },
  { key: "system", field: "system_seconds", title: "system time", units: TIMES },
  { key: "ready", field: "ready_seconds", title: "until ready", units: TIMES },
  { key: "peak_memory", field: "peak_memory_bytes", title: "peak memory", units: SIZES },
  { key: "page_faults_minor", title: "minor faults", units: COUNTS },
  { key: "page_faults_major", title: "major faults", units: COUNTS },
  { key: "context_switches_voluntary", title: "voluntary switches", units: COUNTS },
  { key: "context_switches_involuntary", title: "involuntary switches", units: COUNTS },
].map((measure) => ({ field: measure.key, better: "low", ...measure, show: (value) => inUnits(value, measure.units) }));

const measuresOf = (model) => MEASURES.filter(({ field }) => model.arms.some((arm) => isNumber(own(arm.found.median, field))));

// The median of the runs, coloured by the paired ratio, which the title tells.
function medianCell(arm, { key, field, show, better }) {
  const value = own(arm.found.median, field);
  if (!isNumber(value)) return { text: ABSENT };
  const ratio = estimateOf(own(arm.found.ratio, key));
  const colour = ratio ? ratioCell(ratio, undefined, better) : {};
  return { ...colour, text: show(value), value, title: ratio && `${withSpan(ratio)} times the reference's` };
}

function armsTable(model) {
  const measures = measuresOf(model);
  const columns = [{ title: "arm", text: true }, { title: "runs" }, ...measures.map(({ title }) => ({ title }))];
  const rows = model.arms.map((arm) => [
    words(arm.void ? `${arm.name} (void)` : arm.name, arm.void),
    figure(arm.found.runs?.length, grouped),
    ...measures.map((measure) => medianCell(arm, measure)),
  ]);
  return section("arms", "Arm by arm", sortable("Medians of the runs of every arm", columns, rows).holder,
    note("Medians of all runs; coloured where the ratio, paired turn by turn with the reference, can be told from 1."));
}
