// SPDX-License-Identifier: MIT
// The shim's own overhead in C, where the bench measured it.

const nanosecondsText = (value) => fixed(value, value >= 1000 ? 0 : 2);
const estimateCell = (estimate, show = (value) => fixed(value, 2)) =>
  estimate
    ? { text: `${show(estimate.median)} (${span(estimate, show)})`, value: estimate.median }
    : { text: ABSENT };

function overheadOfCalls(model) {
  const byLibc = d3.group(model.results.price?.cases || [], (entry) => entry.libc);
  if (!byLibc.size) return undefined;
  return section(
    "overhead",
    "The shim's own overhead",
    [...byLibc].map(([libc, cases]) => callsTable(libc, cases)),
    note(
      "Nanoseconds per call, medians of one run in turns. pair: malloc, free; chain: malloc, three realloc, free; spin: neither.",
    ),
  );
}

function callsTable(libc, cases) {
  const arms = [...new Set(cases.flatMap((entry) => Object.keys(entry.ns_per_call)))];
  const columns = [
    { title: libc, text: true },
    { title: "bytes" },
    { title: "threads" },
    ...arms.map((title) => ({ title })),
  ];
  const rows = cases.map((entry) => [
    words(entry.operation),
    figure(entry.bytes, grouped),
    figure(entry.threads, grouped),
    ...arms.map((arm) => figure(own(entry.ns_per_call, arm)?.median, nanosecondsText)),
  ]);
  return sortable(`Nanoseconds per call on ${libc}, by size`, columns, rows).holder;
}

function overheadMeans(model) {
  const means = model.results.price?.means || [];
  if (!means.length) return undefined;
  const columns = [
    { title: "libc", text: true },
    { title: "calls", text: true },
    { title: "threads" },
    { title: "allocator", text: true },
    { title: "routing, ns per call" },
    { title: "counting, ns per call" },
  ];
  const rows = means.flatMap((entry) =>
    [...new Set([...Object.keys(entry.routing), ...Object.keys(entry.counting)])].map((allocator) => [
      words(entry.libc),
      words(entry.operation),
      figure(entry.threads, grouped),
      words(allocator),
      estimateCell(own(entry.routing, allocator)),
      estimateCell(own(entry.counting, allocator)),
    ]),
  );
  return section(
    "overhead-means",
    "Price of routing and of counting",
    sortable("Means of the size classes", columns, rows).holder,
    note(
      "Means of the size classes, with 95 % intervals. Routing: through the shim against the allocator preloaded by itself; counting: counters on against off.",
    ),
  );
}

function overheadOfThreads(model) {
  const scaling = model.results.price?.scaling || [];
  if (!scaling.length) return undefined;
  const columns = [
    { title: "arm", text: true },
    { title: "two threads against one" },
    { title: "in parts of a spinning loop" },
  ];
  const rows = scaling.flatMap((entry) =>
    Object.keys(entry.against_spin).map((arm) => [
      words(arm),
      estimateCell(own(entry.two_against_one, arm)),
      estimateCell(own(entry.against_spin, arm)),
    ]),
  );
  return section(
    "overhead-threads",
    "Two threads against one",
    sortable("Calls of two threads against those of one", columns, rows).holder,
    note(
      "malloc and free of 64 bytes: how many times the calls of one thread two do, and that in parts of what two threads of a spinning loop reach.",
    ),
  );
}

function overheadOfStart(model) {
  const found = model.results.price?.start_up;
  if (!found) return undefined;
  const columns = [{ title: "arm", text: true }, { title: "milliseconds" }, { title: "more than bare" }];
  const rows = Object.keys(found.ms).map((arm) => [
    words(arm),
    estimateCell(found.ms[arm]),
    estimateCell(own(found.more_ms, arm)),
  ]);
  return section(
    "overhead-start",
    "Start-up",
    sortable("python3 -c pass, from fork to end", columns, rows).holder,
    note("python3 -c pass, milliseconds from fork to end."),
  );
}
