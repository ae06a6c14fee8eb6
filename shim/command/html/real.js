// SPDX-License-Identifier: MIT
// What the bench finds of real packages beside time: a service under load, and an installation.

function services(model) {
  const rows = (model.results.workloads || []).filter((workload) => workload.load);
  if (!rows.length) return undefined;
  return section(
    "service",
    "Service under load",
    rows.map((workload) => serviceTable(model, workload)),
    note(
      `What the load generator tells: medians, and in brackets their ratios to ${model.reference}, paired turn by turn. ` +
        "Coloured where a ratio can be told from 1.",
    ),
  );
}

const RATIO = "_ratio";

function serviceTable(model, { name, load }) {
  const figures = Object.keys(load).filter((key) => !key.endsWith(RATIO));
  const columns = [{ title: name, text: true }, ...figures.map((key) => ({ title: key.replace(/_/g, " ") }))];
  const rows = model.arms.map((arm) => [
    words(arm.name),
    ...figures.map((key) => serviceCell(load, key, arm.name)),
  ]);
  return sortable(`${name} under load, by arm`, columns, rows).holder;
}

function serviceCell(load, key, arm) {
  const cell = figure(own(load[key], arm), number);
  const ratio = estimateOf(own(load[key + RATIO], arm));
  if (!ratio) return cell;
  const colour = ratioCell(ratio, undefined, key.endsWith("_per_second") ? "high" : "low");
  return { ...colour, ...cell, text: `${cell.text} (${colour.text})` };
}

function installation(model) {
  const found = model.results.install;
  if (!found) return undefined;
  const columns = ["arm", "seconds", "CPU seconds", "against the reference"];
  const rows = Object.keys(found.seconds).map((arm) => {
    const ratio = estimateOf(own(found.ratio, arm));
    return [
      words(arm),
      figure(found.seconds[arm], (value) => fixed(value, 1)),
      figure(own(found.cpu_seconds, arm), (value) => fixed(value, 1)),
      ratioCell(ratio, withSpan(ratio), "low"),
    ];
  });
  const sizes = Object.keys(found.installed_bytes || {}).map((libc) => [
    words(libc),
    figure(own(found.wheels_bytes, libc), bytes),
    figure(found.installed_bytes[libc], bytes),
    figure(own(own(found.fetching, libc), "seconds"), seconds),
  ]);
  const packages = (found.packages || []).join(" ");
  return section(
    "install",
    "Installing",
    sortable(`pip install ${packages}`, columns.map(heading), rows).holder,
    sortable("Sizes", ["libc", "wheels", "installed", "time to fetch all wheels"].map(heading), sizes).holder,
    note(`pip install ${packages}, from wheels in a folder, without network.`),
  );
}

const heading = (title, index) => ({ title, text: index === 0 });
