// Two runs side by side: what differs in their numbers and in everything else, and their latencies as curves.

import { axisTitle, figure, onResize, scaleOver, Stage, ticksOf } from "./chart.js";
import { button, choice, command, h, replace, svg } from "./dom.js";
import { compareRuns, headline } from "./comparison.js";
import { cssColour, styleOf } from "./palette.js";
import { Table, Twin } from "./table.js";
import { formatInterval, formatValue } from "./units.js";

const SECONDS = { key: "latency of one query", unit: "s", better: "lower" };
const SYMBOLS = { faster: "▲", better: "▲", slower: "▼", worse: "▼", same: "=", different: "≠", "cannot tell": "?" };

export class Compare {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks, step: null });
    this.stage = new Stage(280, { top: 26, right: 18, bottom: 48, left: 68 });
    this.controls = h("div", { class: "controls" });
    this.content = h("div", {});
    this.legend = h("ul", { class: "legend" });
    this.frame = figure("compare", "Compare two runs", this.controls);
    this.twin = new Twin("The curves as a table", () => this.#curveTable());
    this.curves = h(
      "figure",
      { class: "curves" },
      h("figcaption", {}, "Part of the queries that were answered within a time"),
      this.stage.element,
      this.legend,
      this.twin.element,
    );
    this.element = this.frame.element;
    this.element.append(this.frame.summary, this.content, this.curves);
    onResize(this.stage, () => this.draw());
  }

  row(name) {
    return this.state[name] === null ? null : this.dataset.rowOf.get(this.state[name]);
  }

  // The latencies of A or B: of a run of several benchmarked steps those of one of them.
  curve(name) {
    const row = this.row(name);
    if (row === null) return [];
    const steps = this.dataset.measuredSteps(row);
    if (steps.length === 0) return this.dataset.quantiles(row);
    return steps.includes(this.step) ? this.dataset.quantiles(row, this.step) : [];
  }

  // suggestions: rows that one may want to choose from.
  update(suggestions) {
    const { dataset, state } = this;
    const ids = new Set(
      [...suggestions.map((row) => dataset.id(row)), state.selected, state.a, state.b].filter((id) => id !== null),
    );
    const options = [
      ["", "choose a run"],
      ...[...ids].map((id) => [id, `${dataset.label(dataset.rowOf.get(id))} · ${id}`]),
    ];
    const select = (name) =>
      choice(
        name.toUpperCase(),
        options,
        state[name] ?? "",
        (id) => {
          state[name] = id === "" ? null : id;
          this.hooks.onChange();
        },
        { "data-control": name },
      );
    const rows = [this.row("a"), this.row("b")].filter((row) => row !== null);
    const steps = [...new Set(rows.flatMap((row) => dataset.measuredSteps(row)))].sort();
    if (!steps.includes(this.step)) this.step = steps[0] ?? null;
    const focused = document.activeElement?.dataset?.control;
    replace(
      this.controls,
      select("a"),
      select("b"),
      button(
        "Swap",
        () => {
          [state.a, state.b] = [state.b, state.a];
          this.hooks.onChange();
        },
        { disabled: state.a === null && state.b === null, "data-control": "swap" },
      ),
      steps.length > 0 ? this.#stepChoice(steps) : null,
    );
    if (focused) this.controls.querySelector(`[data-control="${focused}"]`)?.focus();
    this.#drawContent();
    this.#showCurves();
  }

  #stepChoice(steps) {
    return choice(
      "Step of the curves",
      steps.map((step) => [step, step]),
      this.step,
      (step) => {
        this.step = step;
        this.#showCurves();
      },
      { "data-control": "step" },
    );
  }

  #showCurves() {
    this.curves.hidden = this.curve("a").length + this.curve("b").length === 0;
    this.twin.refresh();
    this.draw();
  }

  #drawContent() {
    const [a, b] = [this.row("a"), this.row("b")];
    if (a === null || b === null) {
      replace(this.frame.summary, "Choose two runs here, or with the buttons of a selected run.");
      replace(this.content);
      return;
    }
    const compared = compareRuns(this.dataset, a, b);
    replace(this.frame.summary, headline(compared));
    if (compared.problem) {
      replace(this.content);
      return;
    }
    replace(
      this.content,
      this.#metricTable(compared).element,
      compared.onlyA.length > 0 ? h("p", {}, `Only A has: ${compared.onlyA.join(", ")}`) : null,
      compared.onlyB.length > 0 ? h("p", {}, `Only B has: ${compared.onlyB.join(", ")}`) : null,
      h("h3", {}, "What differs"),
      compared.differences.length === 0
        ? h("p", {}, "Nothing that was recorded.")
        : this.#differenceTable(compared).element,
      h(
        "p",
        { class: "muted" },
        "Two single runs: how much whole runs differ from each other is only guessed from their tenths, and " +
          "reef compare --interleaved measures it. The verdicts are those of",
      ),
      command(`reef compare ${this.state.a} ${this.state.b}`),
    );
  }

  #metricTable({ metrics }) {
    const value = (side) => (one) =>
      h(
        "span",
        { title: formatInterval(one[side].lower, one[side].upper, one.metric.unit) || null },
        formatValue(one[side].value, one.metric.unit),
      );
    return new Table(
      [
        { key: "metric", label: "metric", head: true, value: (one) => one.metric.key, cell: (one) => one.metric.key },
        { key: "a", label: "A", numeric: true, cell: value("a") },
        { key: "b", label: "B", numeric: true, cell: value("b") },
        {
          key: "ratio",
          label: "B / A",
          numeric: true,
          value: (one) => one.ratio,
          cell: (one) => (Number.isFinite(one.ratio) && one.ratio !== null ? one.ratio.toFixed(3) : "–"),
        },
        {
          key: "verdict",
          label: "B is",
          value: (one) => one.verdict,
          cell: (one) =>
            h(
              "span",
              { class: `verdict ${one.verdict.replace(" ", "-")}` },
              h("span", { "aria-hidden": "true" }, `${SYMBOLS[one.verdict]} `),
              one.verdict,
            ),
        },
        { key: "note", label: "note", cell: (one) => one.note },
      ],
      { caption: "Metrics of A and B", rows: metrics, sort: null },
    );
  }

  #differenceTable({ differences }) {
    const side = (name) => ({ key: name, label: name.toUpperCase(), cell: (one) => String(one[name]) });
    return new Table(
      [
        { key: "what", label: "what", head: true, value: (one) => one.what, cell: (one) => one.what },
        side("a"),
        side("b"),
      ],
      { caption: "What differs between A and B", rows: differences, sort: null },
    );
  }

  draw() {
    if (this.curves.hidden) return;
    const { stage, dataset } = this;
    const context = stage.begin();
    const shown = ["a", "b"].filter((name) => this.row(name) !== null);
    const curves = shown.map((name) => this.curve(name));
    // The last thousandth would press everything else together.
    const inner = curves
      .flat()
      .filter(([p]) => p <= 0.99)
      .map(([, value]) => value);
    const x = scaleOver(
      inner,
      [stage.left, stage.right],
      Math.max(...inner) > 4 * Math.min(...inner) && Math.min(...inner) > 0,
      0.08,
    );
    const y = scaleOver([0, 1], [stage.bottom, stage.top], false, 0.02);
    stage.axisX(x, axisTitle(SECONDS), ticksOf(SECONDS));
    stage.axisY(
      y,
      "part of the queries",
      (value) => (value < 0 || value > 1 ? "" : `${Math.round(value * 100)} %`),
      5,
    );
    context.beginPath();
    context.rect(stage.left, 0, stage.right - stage.left, stage.height);
    context.clip();
    curves.forEach((curve, i) => {
      const { colour } = styleOf(shown[i] === "a" ? 0 : 1);
      context.beginPath();
      curve.forEach(([p, value], at) => (at === 0 ? context.moveTo(x(value), y(p)) : context.lineTo(x(value), y(p))));
      context.setLineDash(shown[i] === "a" ? [] : [7, 4]);
      context.strokeStyle = colour;
      context.lineWidth = 2.2;
      context.stroke();
      context.setLineDash([]);
      for (const [p, value] of curve.filter(([level]) => [0.5, 0.9, 0.99].includes(level))) {
        context.beginPath();
        context.arc(x(value), y(p), 4, 0, 2 * Math.PI);
        context.fillStyle = cssColour("--paper");
        context.fill();
        context.stroke();
      }
    });
    replace(
      this.legend,
      shown.map((name) => h("li", {}, line(name), `${name.toUpperCase()}: ${dataset.label(this.row(name))}`)),
      h("li", { class: "key" }, "circles: p50, p90, p99"),
    );
  }

  #curveTable() {
    const columns = ["a", "b"].filter((name) => this.row(name) !== null);
    const known = columns.map((name) => new Map(this.curve(name)));
    const all = [...new Set(known.flatMap((curve) => [...curve.keys()]))].sort((a, b) => a - b);
    return new Table(
      [
        {
          key: "p",
          label: "part of the queries",
          head: true,
          value: (p) => p,
          cell: (p) => (p === 0 ? "fastest" : p === 1 ? "slowest" : `${+(p * 100).toFixed(1)} %`),
        },
        ...columns.map((name, i) => ({
          key: name,
          label: name.toUpperCase(),
          numeric: true,
          value: (p) => known[i].get(p) ?? null,
          cell: (p) => formatValue(known[i].get(p), "s"),
        })),
      ],
      { caption: "Quantiles of the latency", rows: all, sort: null },
    );
  }
}

function line(name) {
  const { colour } = styleOf(name === "a" ? 0 : 1);
  return svg(
    "svg",
    { class: "icon", width: 28, height: 10, "aria-hidden": "true" },
    svg("line", {
      x1: 0,
      x2: 28,
      y1: 5,
      y2: 5,
      stroke: colour,
      "stroke-width": 2.5,
      "stroke-dasharray": name === "a" ? null : "7 4",
    }),
  );
}
