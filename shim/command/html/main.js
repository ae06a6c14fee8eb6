// SPDX-License-Identifier: MIT
// From the results to the page.

// In this order; what the results do not hold is left out.
const SECTIONS = [
  verdict,
  scatter,
  runs,
  groupsTable,
  workloadsTable,
  comparisonsTable,
  services,
  installation,
  priceOfCalls,
  priceMeans,
  priceOfThreads,
  priceOfStart,
  armsTable,
  memoryOverTime,
  sizes,
  allocationTime,
  machine,
];

function show() {
  const page = document.getElementById("page");
  page.replaceChildren();
  try {
    const model = modelOf(JSON.parse(document.getElementById("results").textContent));
    document.title = [model.title, model.command].filter(Boolean).join(": ");
    page.append(...SECTIONS.map((part) => part(model)).filter(Boolean));
  } catch (error) {
    page.append(
      element("h1", {}, "These results cannot be shown"),
      element("p", {}, String(error.message || error)),
    );
    throw error;
  }
}

show();
