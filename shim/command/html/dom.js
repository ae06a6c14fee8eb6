// SPDX-License-Identifier: MIT
// Elements. Text only ever gets in as text: no name, path or command of the results can become markup.

// own(object, key): the object's own value, so that a thing called "constructor" or "__proto__" is only a name.
const own = (object, key) => (object && Object.hasOwn(object, key) ? object[key] : undefined);

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== undefined));
  return made;
}

// A name that somebody else chose: kept apart from the text around it, whatever direction its letters run.
const nameOf = (text, kind = "bdi") => element(kind, { class: "name" }, text);

function section(id, title, ...children) {
  return element(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title),
    ...children,
  );
}

const note = (...text) => element("p", { class: "note" }, ...text);

// chooser(LABEL, OPTIONS, CHOOSE): a labelled list to choose from; CHOOSE is called with the place of the option.
function chooser(label, options, choose) {
  const list = element("select", { onchange: () => choose(list.selectedIndex) });
  for (const option of options) list.append(element("option", {}, option));
  return element("label", { class: "chooser" }, `${label} `, list);
}
