// One model for both kinds of results: what the sections show, without a word about how.

function modelOf(results) {
  if (results.format !== 1) throw new Error(`results of format ${JSON.stringify(results.format)}; this page knows format 1`);
  return results.kind === "compare" ? modelOfCompare(results) : modelOfBench(results);
}

const moment = (text) => (text ? String(text).replace("T", " ").replace("Z", " UTC") : undefined);

function machineLine(machine) {
  const parts = [machine.cpu, isNumber(machine.cpus_usable) ? `${machine.cpus_usable} processors` : undefined];
  return parts.filter(Boolean).join(", ");
}

// An estimate is all three numbers, or it is none.
function estimateOf(found) {
  const whole = found && isNumber(found.median) && isNumber(found.low) && isNumber(found.high);
  return whole ? { median: found.median, low: found.low, high: found.high } : undefined;
}
