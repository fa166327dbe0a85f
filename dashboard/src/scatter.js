// Two metrics of every run, with the staircase of those worth having and whiskers of what is not known exactly.

import { quadtree } from "d3-quadtree";
import { axisTitle, figure, onResize, scaleOver, Stage, ticksOf } from "./chart.js";
import { h, replace, svg } from "./dom.js";
import { describe, frontierOf, readLimit, standingOf } from "./frontier.js";
import { placeLabels } from "./labels.js";
import { Groups, icon, standingIcon } from "./marks.js";
import { Controls } from "./scatter_controls.js";
import { drawLimits, drawMarks, drawStaircase, MOST_WHISKERS } from "./scatter_marks.js";
import { apartTable, pointTable } from "./scatter_tables.js";
import { Twin } from "./table.js";
import { formatCount, formatInterval, formatValue } from "./units.js";

const HEIGHT = 460;
const HEIGHT_WHEN_WIDE = 560;
const WIDE = 760; // pixels
const REACH = 16; // pixels within which a click means a point

export class Scatter {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks });
    this.view = null; // of the zoom: {x: [low, high], y: [low, high]}, or everything
    this.stage = new Stage(HEIGHT, { top: 26, right: 18, bottom: 52, left: 68 });
    this.controls = new Controls(this);
    this.legend = h("ul", { class: "legend" });
    this.tooltip = h("div", { class: "tooltip", hidden: true, "aria-hidden": "true" });
    this.twin = new Twin("The points as a table", () => pointTable(this));
    this.apart = new Twin("", () => apartTable(this));
    this.stage.element.append(this.tooltip);
    this.frame = figure("frontier", "Frontier", this.controls.element);
    this.element = this.frame.element;
    this.element.append(this.stage.element, this.legend, this.frame.summary, this.twin.element, this.apart.element);
    this.#listen();
    onResize(this.stage, () => this.draw());
  }

  get axes() {
    const { metrics } = this.dataset;
    return { x: metrics.get(this.state.x), y: metrics.get(this.state.y) };
  }

  update(rows, { isFirst = false } = {}) {
    this.rows = rows;
    const { x, y } = this.axes;
    this.limits = { x: readLimit(this.state.limits.x, x), y: readLimit(this.state.limits.y, y) };
    const limits = { x: this.limits.x.value, y: this.limits.y.value };
    this.result = frontierOf(this.dataset, rows, this.axes, limits, this.state.everyRun, (rows) =>
      this.state.passesAsPoint(rows),
    );
    // Something to look at: what most people would take.
    const first = this.result.knee ?? this.result.frontier[0];
    if (isFirst && first) this.state.selected ??= this.dataset.id(first.row);
    // A logarithmic axis has no place for zero.
    const hidden = (point) => (this.state.logX && point.x.value <= 0) || (this.state.logY && point.y.value <= 0);
    this.drawn = this.result.points.filter((point) => !hidden(point));
    this.frontier = this.result.frontier.filter((point) => !hidden(point));
    this.unplaced = this.result.points.length - this.drawn.length;
    this.groups = new Groups(this.dataset.fields.get(this.state.colour));
    this.controls.draw();
    this.draw();
    this.#drawTexts();
  }

  // --- what the reader may set ---

  set(change, keepView = false) {
    Object.assign(this.state, change);
    if (!keepView) this.view = null;
    this.hooks.onChange();
  }

  // Around the selected point, else around the middle.
  zoom(factor) {
    const centre = this.drawn.find((point) => this.dataset.id(point.row) === this.state.selected);
    const view = {};
    for (const axis of ["x", "y"]) {
      const scale = this.scales[axis];
      const [from, to] = scale.range();
      const middle = centre ? scale(centre[axis].value) : (from + to) / 2;
      view[axis] = [middle + (from - middle) * factor, middle + (to - middle) * factor].map(scale.invert);
    }
    this.show(view);
  }

  show(view) {
    this.view = view;
    this.controls.draw();
    this.draw();
  }

  // --- drawing ---

  draw() {
    if (!this.result) return;
    const { stage, state } = this;
    stage.resize(stage.element.clientWidth >= WIDE ? HEIGHT_WHEN_WIDE : HEIGHT);
    const context = stage.begin();
    const { x, y } = this.axes;
    const among = (axis) =>
      this.drawn.flatMap((point) => {
        const at = point[axis];
        const whiskers =
          point.standing === "dominated" || point.standing === "infeasible" ? [] : [at.lower, at.upper];
        return [at.value, ...whiskers];
      });
    this.scales = {
      x: scaleOver(among("x"), [stage.left, stage.right], state.logX),
      y: scaleOver(among("y"), [stage.bottom, stage.top], state.logY, 0.1),
    };
    if (this.view) for (const axis of ["x", "y"]) this.scales[axis].domain(this.view[axis]);
    stage.axisX(this.scales.x, axisTitle(x), ticksOf(x));
    stage.axisY(this.scales.y, axisTitle(y), ticksOf(y));
    context.beginPath();
    context.rect(stage.left, stage.top - 8, stage.right - stage.left + 8, stage.bottom - stage.top + 16);
    context.clip();
    drawStaircase(context, this);
    drawLimits(context, this);
    drawMarks(context, this);
    this.#drawFocusable();
    this.tree = quadtree(
      this.drawn,
      (point) => this.scales.x(point.x.value),
      (point) => this.scales.y(point.y.value),
    );
  }

  // One stop of the Tab key for the whole frontier; arrow keys walk along it.
  #drawFocusable() {
    const { stage, scales, dataset } = this;
    const inside = (point) => {
      const [px, py] = [scales.x(point.x.value), scales.y(point.y.value)];
      return px >= stage.left - 1 && px <= stage.right + 1 && py >= stage.top - 1 && py <= stage.bottom + 1;
    };
    const shown = this.frontier.filter(inside);
    const spots = shown.map((point, i) =>
      svg("circle", {
        class: "spot",
        cx: scales.x(point.x.value),
        cy: scales.y(point.y.value),
        r: 12,
        tabindex: i === 0 ? 0 : -1,
        role: "button",
        "data-id": dataset.id(point.row),
        "aria-label": this.#nameOf(point),
        on: {
          keydown: (event) => this.#onKey(event, spots, i, point),
          focus: () => this.#showTip(point),
          blur: () => this.#hideTip(),
          click: () => this.hooks.onSelect(dataset.id(point.row)),
        },
      }),
    );
    stage.above.append(
      svg(
        "g",
        { role: "group", "aria-label": `${spots.length} points on the frontier; arrow keys go from one to the next` },
        spots,
      ),
    );
    const labels = shown.map((point) => ({
      x: scales.x(point.x.value),
      y: scales.y(point.y.value),
      text: dataset.label(point.row) + (point === this.result.knee ? " (knee)" : ""),
    }));
    const taken =
      this.drawn.length <= MOST_WHISKERS
        ? this.drawn.map((point) => [scales.x(point.x.value), scales.y(point.y.value)])
        : [];
    for (const label of placeLabels(labels, taken, stage))
      stage.above.append(
        svg(
          "text",
          { class: "label", x: label.x, y: label.y, "text-anchor": label.anchor, "aria-hidden": "true" },
          label.text,
        ),
      );
  }

  #nameOf(point) {
    const { x, y } = this.axes;
    return (
      `${this.dataset.choice(point.row)}: ${x.key} ${formatValue(point.x.value, x.unit)}, ` +
      `${y.key} ${formatValue(point.y.value, y.unit)}; ${standingOf(point)}${point === this.result.knee ? ", the knee" : ""}`
    );
  }

  // --- pointer and keys ---

  #onKey(event, spots, i, point) {
    const to = {
      ArrowRight: i + 1,
      ArrowDown: i + 1,
      ArrowLeft: i - 1,
      ArrowUp: i - 1,
      Home: 0,
      End: spots.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const next = spots[Math.max(0, Math.min(spots.length - 1, to))];
      for (const spot of spots) spot.setAttribute("tabindex", spot === next ? 0 : -1);
      next.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.hooks.onSelect(this.dataset.id(point.row));
    }
  }

  #listen() {
    const { element } = this.stage;
    const place = (event) => {
      const box = element.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    let from = null;
    const frame = h("div", { class: "zoom-frame", hidden: true });
    element.append(frame);
    element.addEventListener("pointerdown", (event) => {
      if (event.button === 0) from = place(event);
    });
    element.addEventListener("pointermove", (event) => {
      const at = place(event);
      if (
        from &&
        event.buttons === 1 &&
        event.pointerType === "mouse" &&
        Math.hypot(at[0] - from[0], at[1] - from[1]) > 6
      ) {
        this.#hideTip();
        frame.hidden = false;
        Object.assign(frame.style, {
          left: `${Math.min(from[0], at[0])}px`,
          top: `${Math.min(from[1], at[1])}px`,
          width: `${Math.abs(at[0] - from[0])}px`,
          height: `${Math.abs(at[1] - from[1])}px`,
        });
        return;
      }
      const point = this.tree?.find(...at, REACH);
      element.classList.toggle("over-point", Boolean(point));
      if (point) this.#showTip(point);
      else this.#hideTip();
    });
    element.addEventListener("pointerleave", () => {
      this.#hideTip();
      frame.hidden = true;
      from = null;
    });
    element.addEventListener("pointerup", (event) => {
      const at = place(event);
      const dragged = from && !frame.hidden;
      const start = from;
      frame.hidden = true;
      from = null;
      if (dragged) {
        const { x, y } = this.scales;
        const sorted = (a, b) => [Math.min(a, b), Math.max(a, b)];
        this.show({ x: sorted(start[0], at[0]).map(x.invert), y: sorted(start[1], at[1]).reverse().map(y.invert) });
        return;
      }
      const point = this.tree?.find(...at, REACH);
      if (point && !event.target.closest(".spot")) this.hooks.onSelect(this.dataset.id(point.row));
    });
    element.addEventListener("dblclick", () => this.show(null));
  }

  #showTip(point) {
    const { stage, scales, tooltip, dataset } = this;
    const line = (metric, at) =>
      h(
        "div",
        {},
        `${metric.key} `,
        h("b", {}, formatValue(at.value, metric.unit)),
        h(
          "span",
          { class: "muted" },
          ` ${formatInterval(...at.ends, metric.unit)}`,
        ),
      );
    replace(
      tooltip,
      h("div", { class: "tip-title" }, icon(this.groups.of(point.row)), dataset.label(point.row)),
      line(this.axes.x, point.x),
      line(this.axes.y, point.y),
      h(
        "div",
        { class: "muted" },
        point.standing === "plain" ? null : standingOf(point) + (point === this.result.knee ? ", the knee" : ""),
      ),
    );
    tooltip.hidden = false;
    const [px, py] = [scales.x(point.x.value), scales.y(point.y.value)];
    const left = px + 18 + tooltip.offsetWidth > stage.width ? px - 18 - tooltip.offsetWidth : px + 18;
    tooltip.style.left = `${Math.max(0, left)}px`;
    tooltip.style.top = `${Math.max(0, Math.min(py - 20, stage.height - tooltip.offsetHeight))}px`;
  }

  #hideTip() {
    this.tooltip.hidden = true;
  }

  // --- words and numbers ---

  #drawTexts() {
    const entries = this.groups
      .among(this.drawn.map((point) => point.row))
      .map((group) => h("li", {}, icon(group), this.groups.nameOf(group)));
    const key = this.result.directed
      ? [
          ["certain", this.result.single > 0 ? "on the frontier, as far as intervals tell" : "certainly on the frontier"],
          ["possible", "possibly, within the intervals"],
          ["dominated", "dominated"],
          ...(this.drawn.some((point) => point.standing === "infeasible") ? [["infeasible", "misses a limit"]] : []),
        ].map(([standing, text]) => h("li", { class: "key" }, standingIcon(standing), text))
      : [];
    replace(this.legend, h("li", { class: "key" }, h("b", {}, this.state.colour)), entries, key);
    const unplaced =
      this.unplaced > 0 ? ` ${formatCount(this.unplaced)} at or below zero have no place on a logarithmic axis.` : "";
    replace(this.frame.summary, describe(this.dataset, this.result, this.axes) + unplaced);
    const { apart } = this.result;
    this.twin.refresh();
    this.apart.element.hidden = apart.length === 0;
    this.apart.refresh(`Not drawn: ${formatCount(apart.length)} run${apart.length === 1 ? "" : "s"}, and why`);
  }
}
