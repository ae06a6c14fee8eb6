// SPDX-License-Identifier: MIT
// Numbers as the terminal has them. What is absent is a "-" everywhere, never a 0.

const ABSENT = "-";

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

// As Python's format does it: a tie goes to the even digit, where toFixed goes up.
function fixed(value, digits) {
  const exact = Math.abs(value).toFixed(Math.min(100, digits + 40));
  const cut = exact.length - 40;
  const tie = exact[cut] === "5" && !/[1-9]/.test(exact.slice(cut + 1));
  const even = (exact[cut - 1] === "." ? exact[cut - 2] : exact[cut - 1]) % 2 === 0;
  if (!tie || !even) return value.toFixed(digits);
  const shown = exact.slice(0, exact[cut - 1] === "." ? cut - 1 : cut);
  return value < 0 ? "-" + shown : shown;
}

// Three digits that matter, whatever the size.
function number(value) {
  if (!isNumber(value)) return ABSENT;
  return fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0);
}

const shortCount = (value) => (value >= 10000 ? fixed(value / 1000, 0) + "k" : fixed(value, 0));

const percent = (share) => (isNumber(share) ? fixed(share * 100, 0) + "%" : ABSENT);

const span = (estimate, show = number) => `${show(estimate.low)} to ${show(estimate.high)}`;

function withSpan(estimate, show = number) {
  if (!estimate) return ABSENT;
  return hasSpan(estimate) ? `${show(estimate.median)} (${span(estimate, show)})` : show(estimate.median);
}

// A count with its thousands apart.
const grouped = (value) => (isNumber(value) ? fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, ",") : ABSENT);

// The unit that suits a value: [its size, its name].
function unitFor(value, units) {
  let unit = units[0];
  for (const next of units) if (Math.abs(value) >= next[0]) unit = next;
  return unit;
}

const TIMES = [
  [1e-9, "ns"],
  [1e-6, "µs"],
  [1e-3, "ms"],
  [1, "s"],
];
const SIZES = [
  [1, "B"],
  [1024, "KiB"],
  [1024 ** 2, "MiB"],
  [1024 ** 3, "GiB"],
];
const COUNTS = [[1, ""]];
const RATES = [[1, "/s"]];

// in units: the value and its unit's name, as the kind of measure has it.
function inUnits(value, units) {
  if (!isNumber(value)) return ABSENT;
  const [size, name] = unitFor(value, units);
  if (units === COUNTS || units === RATES) return grouped(value) + name;
  return `${size === 1 && units === SIZES ? fixed(value, 0) : number(value / size)} ${name}`;
}

const bytes = (value) => inUnits(value, SIZES);
const seconds = (value) => inUnits(value, TIMES);
