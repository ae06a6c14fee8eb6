// SPDX-License-Identifier: MIT
// One model for both kinds of results: what the sections show, without a word about how.

function modelOf(results) {
  if (results.format !== 1)
    throw new Error(`results of format ${JSON.stringify(results.format)}; this report knows format 1`);
  return results.kind === "compare" ? modelOfCompare(results) : modelOfBench(results);
}

const moment = (text) => (text ? String(text).replace("T", " ").replace("Z", " UTC") : undefined);

function machineLine(machine) {
  const parts = [
    machine.cpu,
    isNumber(machine.cpus_usable) ? `${machine.cpus_usable} processors` : undefined,
  ];
  return parts.filter(Boolean).join(", ");
}

// An estimate: a median, and the ends of its 95 % interval where there is one.
function estimateOf(found) {
  if (!found || !isNumber(found.median)) return undefined;
  const { median, low, high } = found;
  return isNumber(low) && isNumber(high) ? { median, low, high } : { median };
}

const hasSpan = (estimate) => isNumber(estimate?.low);

const endsOf = (estimate) => (hasSpan(estimate) ? [estimate.low, estimate.high] : [estimate.median]);
