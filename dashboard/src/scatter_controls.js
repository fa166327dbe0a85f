// What a reader may set of the frontier chart: its metrics and limits, the groups, the zoom.

import { button, choice, h, replace, toggle } from "./dom.js";
import { isWide } from "./state.js";

export class Controls {
  constructor(chart) {
    this.chart = chart;
    this.element = h("div", { class: "controls" });
  }

  draw() {
    const focused = document.activeElement?.dataset?.control;
    const { chart } = this;
    const { state, dataset } = chart;
    const fields = dataset
      .telling()
      .concat(dataset.telling().length === 0 ? [dataset.fields.get("status")] : [])
      .map((field) => [field.key, field.key]);
    replace(
      this.element,
      this.#axis("x"),
      this.#axis("y"),
      h(
        "fieldset",
        {},
        h("legend", { class: "unseen" }, "Points"),
        choice("Colour and shape", fields, state.colour, (key) => chart.set({ colour: key }, true), {
          "data-control": "colour",
        }),
        toggle("every run alone, not the newest of each case with its repeats", state.everyRun, (on) => chart.set({ everyRun: on }), {
          "data-control": "every",
        }),
      ),
      h(
        "fieldset",
        { class: "zoom" },
        h("legend", { class: "unseen" }, "Zoom"),
        button("+", () => chart.zoom(0.5), { "aria-label": "Zoom in", "data-control": "in" }),
        button("−", () => chart.zoom(2), {
          "aria-label": "Zoom out",
          "data-control": "out",
          disabled: chart.view === null,
        }),
        button("All", () => chart.show(null), {
          "aria-label": "Show all points",
          "data-control": "all",
          disabled: chart.view === null,
        }),
      ),
    );
    if (focused) this.element.querySelector(`[data-control="${focused}"]`)?.focus();
  }

  #axis(name) {
    const { chart } = this;
    const { state, dataset } = chart;
    const metrics = [...dataset.metrics.keys()].map((key) => [key, key]);
    const upper = name.toUpperCase();
    const metric = chart.axes[name];
    const problem = chart.limits[name].problem;
    const limit = h("input", {
      type: "text",
      value: state.limits[name],
      size: 7,
      "data-control": `limit-${name}`,
      spellcheck: "false",
      placeholder: "none",
      disabled: metric.better === null,
      "aria-invalid": problem ? "true" : null,
      title: problem,
      on: { change: () => chart.set({ limits: { ...state.limits, [name]: limit.value } }) },
    });
    return h(
      "fieldset",
      {},
      h("legend", { class: "unseen" }, `${upper} axis`),
      choice(
        upper,
        metrics,
        state[name],
        (key) =>
          chart.set({
            [name]: key,
            [`log${upper}`]: isWide(dataset, dataset.metrics.get(key)),
            limits: { ...state.limits, [name]: "" },
          }),
        { "data-control": name },
      ),
      toggle("log", state[`log${upper}`], (on) => chart.set({ [`log${upper}`]: on }), {
        "data-control": `log${upper}`,
      }),
      h("label", { class: "choice" }, h("span", {}, metric.better === "higher" ? "at least" : "at most"), limit),
      problem ? h("span", { class: "problem" }, problem) : null,
    );
  }
}
