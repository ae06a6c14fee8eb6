// What `mshim compare` found.

// A ratio of durations tells how many times as fast by its inverse; one of rates tells it as it is.
function speedOf(ratio, inverse) {
  if (!ratio) return undefined;
  return inverse ? { median: 1 / ratio.median, low: 1 / ratio.high, high: 1 / ratio.low } : ratio;
}

function modelOfCompare(results) {
  const reference = results.reference;
  const byRate = results.primary === "requests_per_second";
  const primary = results.primary || "wall";
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
  const settings = results.settings || {};
  return {
    kind: "compare",
    title: "mshim compare",
    eyebrow: ["mshim compare", moment(settings.started || results.started), machineLine(results.machine || {})].filter(Boolean),
    command: (results.command || []).map(quoted).join(" "),
    headline: summary.length ? summary.join("; ") : said[0] || "These results hold no verdict.",
    details: summary.length ? said.filter(ofAnArm) : said.slice(1),
    warnings: results.warnings || [],
    reference,
    primary,
    arms,
    better: "high",
    mainTitle: `Speed against ${reference}`,
    mainHeading: byRate ? "requests a second" : "times as fast",
    valueTitle: "times as fast, peak memory",
    pictureCaption:
      `${byRate ? "Requests a second" : "How many times as fast"} as ${reference}, paired turn by turn, with 95 % intervals; above 1 is better. Filled marks ` +
      `can be told from 1, hollow ones cannot. Memory: peak of the process tree${sourceOf({ results })}, as a ratio.`,
    results,
  };
}

// A word as a shell would have to be given it.
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`);
