// The values of each field with the number of runs that have them: choose some to see only those.

import { button, freshId, h, replace } from "./dom.js";
import { formatCount } from "./units.js";

const FEW = 8; // values shown before "more"
const MOST_VALUES = 200;

export class Facets {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks });
    this.opened = new Set();
    this.element = h("div", { class: "facets" });
    this.fields = dataset
      .telling(["run", "option", "parameter", "load"])
      .filter((field) => field.values.length <= MOST_VALUES);
  }

  update() {
    const focused = document.activeElement?.dataset?.facet;
    replace(
      this.element,
      this.fields.map((field) => this.#facet(field)),
      this.fields.length === 0
        ? h("p", { class: "empty" }, "All runs have the same options, parameters and host.")
        : null,
    );
    if (focused)
      [...this.element.querySelectorAll("[data-facet]")].find((one) => one.dataset.facet === focused)?.focus();
  }

  #facet(field) {
    const rows = this.state.rows(field.key);
    const all = field.hasNone ? [...field.values, null] : field.values;
    const counts = new Map(all.map((value) => [value, 0]));
    for (const row of rows) counts.set(field.get(row), counts.get(field.get(row)) + 1);
    const chosen = this.state.facets.get(field.key) ?? new Set();
    const open = this.opened.has(field.key) || all.length <= FEW;
    const values = open ? all : all.filter((value, i) => i < FEW - 1 || chosen.has(value));
    const most = Math.max(1, ...counts.values());
    const more = all.length - values.length;
    return h(
      "fieldset",
      { class: "facet" },
      h("legend", {}, field.key),
      values.map((value) => this.#value(field, value, counts.get(value), chosen, most)),
      more > 0
        ? button(
            `${formatCount(more)} more`,
            () => {
              this.opened.add(field.key);
              this.update();
            },
            { class: "link" },
          )
        : null,
    );
  }

  #value(field, value, count, chosen, most) {
    const id = freshId("facet");
    const input = h("input", {
      type: "checkbox",
      id,
      checked: chosen.has(value),
      "data-facet": JSON.stringify([field.key, value]),
      on: {
        change: () => {
          this.state.toggleFacet(field.key, value, input.checked);
          this.hooks.onChange();
        },
      },
    });
    const bar = h("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(100 * count) / most}%`;
    return h(
      "label",
      { class: count === 0 ? "value none" : "value", for: id },
      bar,
      input,
      h("span", { class: "name" }, value === null ? h("i", {}, "none") : String(value)),
      h(
        "span",
        { class: "count" },
        formatCount(count),
        h("span", { class: "unseen" }, count === 1 ? " run" : " runs"),
      ),
    );
  }
}
