// SPDX-License-Identifier: MIT
// From the results to the report.

// In this order; what the results do not hold is left out.
const SECTIONS = [
  verdict,
  scatter,
  runs,
  groupsTable,
  workloadsTable,
  secondSet,
  comparisonsTable,
  services,
  installation,
  growthPart,
  churnPart,
  threadsPart,
  overheadOfCalls,
  overheadMeans,
  overheadOfThreads,
  overheadOfStart,
  armsTable,
  memoryOverTime,
  sizes,
  allocationTime,
  machine,
];

function show() {
  const report = document.getElementById("report");
  report.replaceChildren();
  try {
    const model = modelOf(JSON.parse(document.getElementById("results").textContent));
    document.title = [model.title, model.command].filter(Boolean).join(": ");
    report.append(...SECTIONS.map((part) => part(model)).filter(Boolean));
  } catch (error) {
    report.append(
      element("h1", {}, "These results cannot be shown"),
      element("p", {}, String(error.message || error)),
    );
    throw error;
  }
}

show();
