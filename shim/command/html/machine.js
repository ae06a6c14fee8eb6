// SPDX-License-Identifier: MIT
// Where it was measured and with what, in full: the results' own objects as lists, an object in an object as a list of its own.

const LONG_TEXT = 90; // what is longer waits behind its beginning

function machine(model) {
  const { results } = model;
  const { turns, elapsed_seconds, stopped_by } = results;
  const settings = { ...results.settings, ...defined({ turns, elapsed_seconds, stopped_by }) };
  const parts = [
    ["Machine", results.machine],
    ["Versions", results.versions],
    ["Settings", settings],
    ...(results.arms || []).map(armFacts),
  ];
  const lists = parts.flatMap(([title, found]) => (found ? factLists(title, found) : []));
  if (!lists.length) return undefined;
  return section("machine", "Machine and versions", element("div", { class: "facts" }, lists));
}

const defined = (object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

// What an arm is: what is preloaded, and which variables it sets.
function armFacts({ name, help, allocator, library, preload, environment, set }) {
  const variables = set || Object.entries(environment || {}).map((pair) => pair.join("="));
  return [
    `Arm ${name}`,
    defined({
      what: help,
      allocator,
      library: library || preload,
      set: variables.length ? variables : undefined,
    }),
  ];
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function factLists(title, object) {
  const list = element("dl");
  const inner = [];
  for (const [name, value] of Object.entries(object)) {
    if (isObject(value)) inner.push(...factLists(`${title}, ${name.replace(/_/g, " ")}`, value));
    else if (value !== "" && value !== null)
      list.append(
        element("dt", {}, nameOf(factName(name, value))),
        element("dd", {}, factValue(name, value)),
      );
  }
  const own = list.children.length ? [element("div", {}, element("h3", {}, nameOf(title)), list)] : [];
  return [...own, ...inner];
}

const unitOf = (name, value) => (isNumber(value) ? /_(bytes|seconds|percent)$/.exec(name)?.[1] : undefined);

function factName(name, value) {
  const unit = unitOf(name, value);
  return (unit ? name.slice(0, -unit.length - 1) : name).replace(/_/g, " ");
}

function factValue(name, value) {
  const unit = unitOf(name, value);
  if (unit === "bytes") return bytes(value);
  if (unit === "seconds") return seconds(value);
  if (unit === "percent") return `${value} %`;
  const text = Array.isArray(value)
    ? value.map((each) => (isNumber(each) ? number(each) : String(each))).join(", ")
    : String(value);
  if (text.length <= LONG_TEXT) return nameOf(text || ABSENT);
  return element(
    "details",
    {},
    element("summary", {}, nameOf(text.slice(0, LONG_TEXT / 2) + "…")),
    nameOf(text),
  );
}
