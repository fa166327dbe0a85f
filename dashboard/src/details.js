// One run: its numbers, the command that replays it, and where they come from.

import { button, command, h, replace } from "./dom.js";
import { provenanceOf } from "./provenance.js";
import { formatCount, formatInterval, formatTime, formatValue } from "./units.js";

// Where there is no room for all of it, an interval goes on in the next line after its first end.
const breakable = (interval) => interval.replace(/ (?!\d|…|unknown)/g, "\u00a0").replace(" …", "\u00a0…");

export class Details {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks });
    this.heading = h("h2", { id: "run-title", tabindex: -1 }, "Run");
    this.body = h("div", {});
    this.element = h(
      "section",
      { id: "run", class: "details", "aria-labelledby": "run-title" },
      this.heading,
      this.body,
    );
  }

  update() {
    const row = this.state.selected === null ? undefined : this.dataset.rowOf.get(this.state.selected);
    if (row === undefined) {
      this.heading.textContent = "Run";
      replace(
        this.body,
        h(
          "p",
          { class: "empty" },
          "Select a point or a row of a table: its numbers, where they come from and the command that repeats it appear here.",
        ),
      );
      return;
    }
    const { dataset } = this;
    this.heading.textContent = dataset.label(row);
    replace(
      this.body,
      this.#identity(row),
      this.#replay(row),
      this.#actions(row),
      this.#metrics(row),
      provenanceOf(dataset, row),
    );
  }

  #identity(row) {
    const { dataset } = this;
    const status = dataset.run("status")(row);
    const reason = dataset.run("reason")(row);
    const grade = dataset.fields.get("grade").get(row);
    const package_ = [dataset.run("package")(row), dataset.run("version")(row)].filter(Boolean).join(" ");
    return h(
      "div",
      { class: "identity" },
      h(
        "p",
        {},
        h("span", { class: `status ${status}` }, status),
        grade && grade !== "quiet" ? h("span", { class: "status invalid" }, `, ${grade} host`) : null,
        dataset.isEdited(row) ? h("span", { class: "status invalid" }, ", edited") : null,
        ` ${dataset.run("action")(row)} of ${package_}`,
      ),
      reason ? h("p", { class: "reason" }, reason) : null,
      dataset.isEdited(row)
        ? h("p", { class: "reason" }, "Its record was edited: its numbers are not those that were measured.")
        : null,
      h(
        "p",
        { class: "muted" },
        `${dataset.choice(row)}${dataset.run("scenario")(row) ? `; ${dataset.run("scenario")(row)}` : ""}`,
      ),
      h("p", { class: "muted" }, `${dataset.id(row)}, ${formatTime(dataset.started(row))}`),
    );
  }

  #replay(row) {
    return h("div", {}, h("h3", {}, "Replay"), command(this.dataset.run("replay")(row)));
  }

  #actions(row) {
    const use = (name) =>
      button(
        `Use as ${name.toUpperCase()}`,
        () => {
          this.state[name] = this.dataset.id(row);
          this.hooks.onChange();
        },
        { "aria-pressed": this.state[name] === this.dataset.id(row) ? "true" : "false", "data-use": name },
      );
    return h(
      "p",
      { class: "actions" },
      use("a"),
      use("b"),
      button("Close", () => this.hooks.onSelect(null)),
    );
  }

  #metrics(row) {
    const known = [...this.dataset.metrics.values()].filter(
      (metric) => metric.value(row) !== null || metric.problem(row) !== null,
    );
    if (known.length === 0) return h("p", { class: "empty" }, "This run has no metrics.");
    return h(
      "div",
      {},
      h("h3", {}, "Numbers"),
      h(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "Numbers of this run" },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ["metric", "value", "95 % interval", "n"].map((name) =>
                h("th", { scope: "col", class: name.endsWith("interval") ? "interval" : null }, name),
              ),
            ),
          ),
          h(
            "tbody",
            {},
            known.map((metric) =>
              h(
                "tr",
                {},
                h("th", { scope: "row" }, metric.key),
                h(
                  "td",
                  { class: "number" },
                  formatValue(metric.value(row), metric.unit),
                  metric.problem(row) ? h("div", { class: "problem" }, metric.problem(row)) : null,
                ),
                h("td", { class: "interval" }, breakable(formatInterval(metric.lower(row), metric.upper(row), metric.unit))),
                h("td", { class: "number" }, metric.n(row) === null ? "" : formatCount(metric.n(row))),
              ),
            ),
          ),
        ),
      ),
      known.some((metric) => metric.isPercentile)
        ? h("p", { class: "muted" }, "Percentile p of n values: the element at index floor(n p) when they are sorted.")
        : null,
    );
  }
}
