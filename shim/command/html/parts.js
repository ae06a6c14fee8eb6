// SPDX-License-Identifier: MIT
// Parts of the bench with arms of their own: growth, threads, and a service's memory over a minute.

const figuresOf = (row, kind, arm, figure) => estimateOf(own(own(own(row, kind), arm), figure));

// A table of cases and arms: what a run takes, and its ratios.
function partTable(caption, found) {
  const columns = [
    { title: "case", text: true },
    { title: "arm", text: true },
    { title: "seconds" },
    { title: "CPU seconds" },
    { title: "time against bare" },
    { title: "time against glibc" },
    { title: "peak memory" },
    { title: "peak against bare" },
  ];
  const rows = found.rows.flatMap((row) =>
    found.arms.map(({ name, help }) => {
      const median = own(row.median, name) || {};
      const ratio = (kind, figure) => {
        const estimate = figuresOf(row, kind, name, figure);
        return ratioCell(estimate, estimate && withSpan(estimate), "low");
      };
      return [
        words(row.name),
        words(name, help),
        figure(median.seconds, seconds),
        figure(median.cpu_seconds, seconds),
        ratio("to_bare", "seconds"),
        ratio("to_glibc", "seconds"),
        figure(median.peak_bytes, bytes),
        ratio("to_bare", "peak_bytes"),
      ];
    }),
  );
  return sortable(caption, columns, rows).holder;
}

const partNote = (turns) =>
  note(
    `Medians of ${turns} runs, each a process of its own; ratios paired by turn, with 95 % intervals. Below 1 is better; coloured ` +
      "where it can be told from 1.",
  );

function growthPart(model) {
  const found = model.results.growth;
  if (!found) return undefined;
  return section(
    "growth",
    "One object grown to 400 MiB",
    partTable("Growth by steps of 64 KiB", found),
    partNote(found.turns),
  );
}

function threadsPart(model) {
  const found = model.results.threads;
  if (!found) return undefined;
  return section(
    "threads",
    "Threads",
    partTable("Threads that allocate, by what they do", found),
    partNote(found.turns),
  );
}

function churnPart(model) {
  const found = model.results.churn;
  if (!found) return undefined;
  const libcs = [...new Set(found.arms.map((arm) => arm.libc))];
  return section(
    "churn",
    "A service's memory over time",
    ...libcs.map((libc) => churnPicture(libc, found)),
    churnTable(found),
    note(
      `${found.turns} turns in ${number(found.seconds)} s: each arm serves some requests and pauses while the others do, with four ` +
        `times as many sessions for a while; then ${number(found.rest_seconds)} s of rest. Time and CPU time: paired by turn.`,
    ),
  );
}

function churnPicture(libc, found) {
  const lines = found.arms
    .filter((arm) => arm.libc === libc)
    .map(({ name }) => ({ name, points: own(found.rss_over_time, name) || [] }))
    .filter((line) => line.points.length);
  const told = lines
    .map((line) => `${line.name} ends at ${bytes(line.points.at(-1)[1])}`)
    .join("; ");
  const picture = chart(`Resident set over time on ${libc}. ${told}`, (svg, width) =>
    memoryPicture(svg, width, lines),
  );
  return element(
    "figure",
    {},
    picture.holder,
    element("figcaption", {}, `Resident set of the service, on ${libc}.`),
  );
}

function churnTable(found) {
  const columns = [
    { title: "arm", text: true },
    { title: "time of a step" },
    { title: "time against bare" },
    { title: "CPU time against bare" },
    { title: "peak memory" },
    { title: "against bare" },
    { title: "mean" },
    { title: "against bare" },
    { title: "at rest" },
    { title: "against bare" },
  ];
  const rows = found.rows.map((row) => {
    const { help, libc } = found.arms.find((arm) => arm.name === row.name);
    const bare = own(row.against, libc) || {};
    const ratio = (key) => {
      const estimate = estimateOf(bare[key]);
      return ratioCell(estimate, estimate && withSpan(estimate), "low");
    };
    return [
      words(row.name, help),
      figure(row.step_seconds, seconds),
      ratio("seconds"),
      ratio("cpu_seconds"),
      ...["peak_bytes", "mean_bytes", "rested_bytes"].flatMap((key) => [
        figure(row[key], bytes),
        figure(bare[key], number),
      ]),
    ];
  });
  return sortable("The service in every arm", columns, rows).holder;
}

// The set of workloads that was made after the tuning, where both were measured.
function secondSet(model) {
  const found = model.results.second;
  if (!found) return undefined;
  const arms = model.arms.filter((arm) => !arm.isReference && isNumber(own(found.geomean, arm.name)));
  const columns = [
    { title: "workload", text: true },
    { title: "kind of work", text: true },
    ...arms.map((arm) => ({ title: arm.name, help: arm.help })),
  ];
  const rows = found.workloads.map((row) => [
    words(row.name, row.help),
    words(row.group),
    ...arms.map((arm) => timeCell(row, arm.name)),
  ]);
  const mean = (results, arm) =>
    estimateOf({ median: results.geomean[arm.name], ...own(results.geomean_interval, arm.name) });
  const foot = [
    words("geometric mean"),
    words(""),
    ...arms.map((arm) => ratioCell(mean(found, arm), undefined, "low")),
  ];
  return section(
    "second",
    "The second set of workloads",
    sortable("Every workload of the second set, each arm against the reference", columns, rows, foot).holder,
    note(
      `Time over ${model.reference}'s; below 1 is better. These workloads were written after the library was tuned: what was won on ` +
        "the first set by knowing it does not show here.",
    ),
  );
}
