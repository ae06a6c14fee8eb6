// A comparison's table: every arm with the medians of its runs.

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
  if (model.kind !== "compare") return undefined;
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
