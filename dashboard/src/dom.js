// Elements without markup: every text of a record goes into a text node or an attribute value, never through a parser.

const SVG = "http://www.w3.org/2000/svg";

// h("button", {type: "button", on: {click: f}}, "text", child, [children], null)
export function h(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (name in PROPERTIES) element[name] = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(
        name,
        name.startsWith("aria-") || name === "title" ? printable(String(value)) : String(value),
      );
  }
  append(element, children);
  return element;
}

// Set as properties: as attributes they would only be the value that a form starts with.
const PROPERTIES = { value: 1, checked: 1, indeterminate: 1 };

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(printable(String(child))));
  }
}

// Characters that one does not see, or that turn the direction of their neighbours round, as `\u202e`.
export const printable = (text) =>
  text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

let last = 0;
// A fresh id, to tie a label or a description to its element.
export const freshId = (prefix) => `${prefix}-${++last}`;

// A select with a label in front: options are [value, text] pairs.
export function choice(label, options, value, onChange, attributes = {}) {
  const select = h(
    "select",
    { ...attributes, on: { change: () => onChange(select.value) } },
    options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)),
  );
  return h("label", { class: "choice" }, h("span", {}, label), select);
}

export function toggle(label, checked, onChange, attributes = {}) {
  const input = h("input", {
    ...attributes,
    type: "checkbox",
    checked,
    on: { change: () => onChange(input.checked) },
  });
  return h("label", { class: "toggle" }, input, h("span", {}, label));
}

export function button(label, onClick, attributes = {}) {
  return h("button", { type: "button", ...attributes, on: { click: onClick } }, label);
}

// Says something to those who cannot see that it happened.
export function announce(text) {
  const region = document.getElementById("announcements");
  if (region) region.textContent = text;
}

// A text that is to be run, with a button that copies it.
export function command(text) {
  const code = h("code", { tabindex: 0 }, text);
  const copy = button(
    "Copy",
    async () => {
      const done = await copied(text, code);
      copy.textContent = done ? "Copied" : "Press Ctrl+C";
      announce(done ? "The command was copied." : "The command is selected: press Ctrl+C to copy it.");
      setTimeout(() => {
        copy.textContent = "Copy";
      }, 2000);
    },
    { class: "copy", "aria-label": `Copy the command ${text}` },
  );
  return h("div", { class: "command" }, h("pre", {}, code), copy);
}

async function copied(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return false;
  }
}
