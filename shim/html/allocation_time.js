// SPDX-License-Identifier: MIT
// The time inside allocation calls, as the counters sampled it.

function allocationTime(model) {
  const arms = model.arms.filter((arm) => isNumber(arm.found?.counters?.time?.allocation_share));
  if (!arms.length) return undefined;
  const columns = [{ title: "arm", text: true }, { title: "share of CPU time" }, { title: "error" }];
  const rows = arms.map((arm) => {
    const { allocation_share: share, allocation_share_error: error } = arm.found.counters.time;
    const cell = { ...figure(share, (value) => `${fixed(value * 100, 1)}%`), meter: share };
    return [words(arm.name), cell, figure(error, (value) => `±${fixed(value * 100, 1)}`)];
  });
  const calls = arms.flatMap((arm) =>
    timedFunctions(arm.found.counters.time).map(([name, time]) => [
      words(arm.name),
      words(name),
      figure(time.p50_ns, nanoseconds),
      figure(time.p99_ns, nanoseconds),
      figure(time.max_ns, nanoseconds),
    ]),
  );
  const callColumns = [
    { title: "arm", text: true },
    { title: "function", text: true },
    { title: "p50" },
    { title: "p99" },
    { title: "longest" },
  ];
  return section(
    "allocation-time",
    "Time in allocation",
    sortable("Share of the processor time inside allocation calls", columns, rows).holder,
    calls.length ? sortable("Time of a call, by function", callColumns, calls).holder : undefined,
    note(
      "An estimate from sampled calls, in one run of the arm with counters on. What an allocator costs outside its calls, page faults first of all, is not in it.",
    ),
  );
}

const nanoseconds = (value) => seconds(value / 1e9);

function timedFunctions(time) {
  return Object.entries(time.functions || time).filter(
    ([, found]) => isObject(found) && ["p50_ns", "p99_ns", "max_ns"].some((key) => isNumber(own(found, key))),
  );
}
