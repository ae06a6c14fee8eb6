// SPDX-License-Identifier: MIT
// What `mshim compare` found.

// A ratio of durations tells how many times as fast by its inverse; one of rates tells it as it is.
function speedOf(ratio, inverse) {
  if (!ratio || !inverse) return ratio;
  return estimateOf({ median: 1 / ratio.median, low: 1 / ratio.high, high: 1 / ratio.low });
}

const HEADINGS = {
  wall: "times as fast",
  ready: "times as soon ready",
  requests_per_second: "requests per second",
};

function modelOfCompare(results) {
  const reference = results.reference;
  const primary = results.primary || "wall";
  const byRate = measureOf(primary).better === "high";
  const arms = results.arms.map((arm) => ({
    name: arm.name,
    isReference: arm.name === reference,
    void: arm.void,
    main: speedOf(estimateOf(own(arm.ratio, primary)), !byRate),
    memory: estimateOf(own(arm.ratio, "peak_memory")),
    found: arm,
  }));
  const ofAnArm = (line) => arms.some((arm) => line.startsWith(`${arm.name}: `));
  const said = results.verdict || [];
  const summary = said.filter((line) => !ofAnArm(line));
  return {
    kind: "compare",
    title: "mshim compare",
    eyebrow: [
      "mshim compare",
      isNumber(results.turns) && `${grouped(results.turns)} turns`,
      machineLine(results.machine || {}),
    ].filter(Boolean),
    command: (results.command || []).map(quoted).join(" "),
    headline: summary[0] || said[0] || "These results hold no verdict.",
    details: [
      ...(summary.length ? [...summary.slice(1), ...said.filter(ofAnArm)] : said.slice(1)),
      ...(results.outlook ? [results.outlook] : []),
    ],
    warnings: results.warnings || [],
    reference,
    primary,
    arms,
    better: "high",
    mainTitle: `Speed against ${reference}`,
    mainHeading: own(HEADINGS, primary) || primary,
    valueTitle: `${own(HEADINGS, primary) || primary}, peak memory`,
    pictureCaption:
      `Ratios to ${reference}, paired turn by turn, with 95 % intervals; above 1 is better. Filled marks can be told from 1, hollow ` +
      `ones cannot. Memory: the peak${sourceOf(results)}, as a ratio.`,
    results,
  };
}

// A word as a shell would have to be given it.
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`);
