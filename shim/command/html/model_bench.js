// SPDX-License-Identifier: MIT
// The bench's latest.json.

function modelOfBench(results) {
  const reference = results.reference;
  const helps = new Map((results.arms || []).map((arm) => [arm.name, arm.help]));
  const arms = [{ name: reference, isReference: true }];
  for (const name of Object.keys(results.geomean || {})) {
    const main = estimateOf({ median: results.geomean[name], ...own(results.geomean_interval, name) });
    const memory = own(results.peak_rss_geomean, name);
    arms.push({ name, main, memory: isNumber(memory) ? { median: memory } : undefined });
  }
  for (const arm of arms) arm.help = helps.get(arm.name);
  const said = results.verdict || [];
  const settings = results.settings || {};
  return {
    kind: "bench",
    title: "mshim bench",
    eyebrow: [
      "mshim bench",
      settings.mode && `--${settings.mode}`,
      moment(settings.started),
      machineLine(results.machine || {}),
    ].filter(Boolean),
    headline:
      said[0] ||
      (["growth", "churn", "threads"].some((part) => results[part])
        ? "Parts of the bench were measured, and no workload."
        : results.price
        ? "The shim's own overhead was measured, and no workload."
        : "These results hold no verdict."),
    details: said.slice(1),
    warnings: (results.warnings || []).map((text) => `${text}.`),
    reference,
    arms,
    better: "low",
    mainTitle: `Time against ${reference}`,
    mainHeading: "time",
    valueTitle: "time, peak memory",
    pictureCaption:
      `Geometric mean of ${results.workloads.length} workloads, time over ${reference}'s time, paired turn by turn, with its ` +
      "95 % interval; below 1 is faster. Filled marks can be told from 1, hollow ones cannot. Memory: peak resident, likewise a ratio.",
    results,
  };
}
