// Two metrics of every run, with the staircase of those worth having and whiskers of what is not known exactly.

import { quadtree } from "d3-quadtree";
import { axisTitle, figure, onResize, scaleOver, Stage, ticksOf } from "./chart.js";
import { button, choice, h, replace, svg, toggle } from "./dom.js";
import { describe, frontierOf, readLimit, standingOf } from "./frontier.js";
import { drawPoint, Groups, icon, standingIcon } from "./marks.js";
import { placeLabels } from "./labels.js";
import { cssColour } from "./palette.js";
import { isWide } from "./state.js";
import { Table, Twin } from "./table.js";
import { formatCount, formatInterval, formatValue } from "./units.js";

const HEIGHT = 460;
const MOST_WHISKERS = 400;
const REACH = 16; // pixels within which a click means a point

export class Scatter {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks });
    this.view = null; // of the zoom: {x: [low, high], y: [low, high]}, or everything
    this.stage = new Stage(HEIGHT, { top: 26, right: 18, bottom: 52, left: 68 });
    this.controls = h("div", { class: "controls" });
    this.legend = h("ul", { class: "legend" });
    this.tooltip = h("div", { class: "tooltip", hidden: true, "aria-hidden": "true" });
    this.twin = new Twin("The points as a table", () => this.#pointTable());
    this.apart = new Twin("", () => this.#apartTable());
    this.stage.element.append(this.tooltip);
    this.frame = figure("frontier", "Frontier", this.controls);
    this.element = this.frame.element;
    this.element.append(this.stage.element, this.legend, this.frame.summary, this.twin.element, this.apart.element);
    this.#listen();
    onResize(this.stage.element, () => this.draw());
  }

  get axes() {
    const { metrics } = this.dataset;
    return { x: metrics.get(this.state.x), y: metrics.get(this.state.y) };
  }

  update(rows) {
    this.rows = rows;
    const { x, y } = this.axes;
    this.limits = { x: readLimit(this.state.limits.x, x), y: readLimit(this.state.limits.y, y) };
    const limits = { x: this.limits.x.value, y: this.limits.y.value };
    this.result = frontierOf(this.dataset, rows, this.axes, limits, this.state.everyRun);
    // A logarithmic axis has no place for zero.
    const hidden = (point) => (this.state.logX && point.x.value <= 0) || (this.state.logY && point.y.value <= 0);
    this.drawn = this.result.points.filter((point) => !hidden(point));
    this.unplaced = this.result.points.length - this.drawn.length;
    this.groups = new Groups(this.dataset.fields.get(this.state.colour));
    this.#drawControls();
    this.draw();
    this.#drawTexts();
  }

  // --- what the reader may set ---

  #set(change, keepView = false) {
    Object.assign(this.state, change);
    if (!keepView) this.view = null;
    this.hooks.onChange();
  }

  #drawControls() {
    const focused = document.activeElement?.dataset?.control;
    const { state, dataset } = this;
    const metrics = [...dataset.metrics.keys()].map((key) => [key, key]);
    const fields = dataset
      .telling()
      .concat(dataset.telling().length === 0 ? [dataset.fields.get("status")] : [])
      .map((field) => [field.key, field.key]);
    const axis = (name) => {
      const upper = name.toUpperCase();
      const metric = this.axes[name];
      const problem = this.limits[name].problem;
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
        on: { change: () => this.#set({ limits: { ...state.limits, [name]: limit.value } }) },
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
            this.#set({
              [name]: key,
              [`log${upper}`]: isWide(dataset, dataset.metrics.get(key)),
              limits: { ...state.limits, [name]: "" },
            }),
          { "data-control": name },
        ),
        toggle("log", state[`log${upper}`], (on) => this.#set({ [`log${upper}`]: on }), {
          "data-control": `log${upper}`,
        }),
        h("label", { class: "choice" }, h("span", {}, metric.better === "higher" ? "at least" : "at most"), limit),
        problem ? h("span", { class: "problem" }, problem) : null,
      );
    };
    replace(
      this.controls,
      axis("x"),
      axis("y"),
      h(
        "fieldset",
        {},
        h("legend", { class: "unseen" }, "Points"),
        choice("Colour and shape", fields, state.colour, (key) => this.#set({ colour: key }, true), {
          "data-control": "colour",
        }),
        toggle("every run, not the newest of each case only", state.everyRun, (on) => this.#set({ everyRun: on }), {
          "data-control": "every",
        }),
      ),
      h(
        "fieldset",
        { class: "zoom" },
        h("legend", { class: "unseen" }, "Zoom"),
        button("+", () => this.#zoom(0.5), { "aria-label": "Zoom in", "data-control": "in" }),
        button("−", () => this.#zoom(2), {
          "aria-label": "Zoom out",
          "data-control": "out",
          disabled: this.view === null,
        }),
        button("All", () => this.#show(null), {
          "aria-label": "Show all points",
          "data-control": "all",
          disabled: this.view === null,
        }),
      ),
    );
    if (focused) this.controls.querySelector(`[data-control="${focused}"]`)?.focus();
  }

  // Around the selected point, else around the middle.
  #zoom(factor) {
    const centre = this.drawn.find((point) => this.dataset.id(point.row) === this.state.selected);
    const view = {};
    for (const axis of ["x", "y"]) {
      const scale = this.scales[axis];
      const [from, to] = scale.range();
      const middle = centre ? scale(centre[axis].value) : (from + to) / 2;
      view[axis] = [middle + (from - middle) * factor, middle + (to - middle) * factor].map(scale.invert);
    }
    this.#show(view);
  }

  #show(view) {
    this.view = view;
    this.#drawControls();
    this.draw();
  }

  // --- drawing ---

  draw() {
    if (!this.result) return;
    const { stage, state } = this;
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
    this.#drawStaircase(context);
    this.#drawLimits(context);
    this.#drawMarks(context);
    this.#drawFocusable();
    this.tree = quadtree(
      this.drawn,
      (point) => this.scales.x(point.x.value),
      (point) => this.scales.y(point.y.value),
    );
  }

  // From the best in x to the best in y, and on to the edges; what lies behind it is dominated.
  #drawStaircase(context) {
    const { stage, scales } = this;
    const { x, y } = this.axes;
    const frontier = this.result.frontier.filter((point) => this.drawn.includes(point));
    if (frontier.length === 0) return;
    const worst = {
      x: x.better === "lower" ? stage.right + 8 : stage.left,
      y: y.better === "lower" ? stage.top - 8 : stage.bottom + 8,
    };
    const at = frontier.map((point) => [scales.x(point.x.value), scales.y(point.y.value)]);
    context.beginPath();
    context.moveTo(at[0][0], worst.y);
    at.forEach(([px, py], i) => {
      if (i > 0) context.lineTo(px, at[i - 1][1]);
      context.lineTo(px, py);
    });
    context.lineTo(worst.x, at.at(-1)[1]);
    context.strokeStyle = cssColour("--line");
    context.lineWidth = 1.5;
    context.stroke();
    context.lineTo(worst.x, worst.y);
    context.fillStyle = cssColour("--shade");
    context.fill();
  }

  #drawLimits(context) {
    const { stage, scales, limits } = this;
    context.save();
    context.setLineDash([5, 4]);
    context.strokeStyle = cssColour("--faint");
    context.beginPath();
    if (limits.x.value !== null && this.result.directed) {
      context.moveTo(scales.x(limits.x.value), stage.top);
      context.lineTo(scales.x(limits.x.value), stage.bottom);
    }
    if (limits.y.value !== null && this.result.directed) {
      context.moveTo(stage.left, scales.y(limits.y.value));
      context.lineTo(stage.right, scales.y(limits.y.value));
    }
    context.stroke();
    context.restore();
  }

  #drawMarks(context) {
    const { scales, state, dataset } = this;
    const rank = { infeasible: 0, dominated: 1, plain: 1, possible: 2, certain: 3 };
    const order = [...this.drawn].sort((a, b) => rank[a.standing] - rank[b.standing]);
    const all = order.length <= MOST_WHISKERS;
    for (const point of order)
      if (all || point.standing === "certain" || point.standing === "possible") this.#drawWhiskers(context, point);
    for (const point of order) {
      const [px, py] = [scales.x(point.x.value), scales.y(point.y.value)];
      drawPoint(
        context,
        px,
        py,
        this.groups.of(point.row),
        point.standing === "plain" ? "dominated" : point.standing,
        { faintness: all ? 0.55 : 0.3 },
      );
      const id = dataset.id(point.row);
      if (![state.selected, state.a, state.b].includes(id)) continue;
      context.beginPath();
      context.arc(px, py, 11, 0, 2 * Math.PI);
      context.strokeStyle = cssColour("--accent");
      context.lineWidth = 2.5;
      context.stroke();
    }
  }

  #drawWhiskers(context, point) {
    const { scales } = this;
    const [px, py] = [scales.x(point.x.value), scales.y(point.y.value)];
    const end = (scale, value, edge) => {
      const at = scale(value);
      return Number.isFinite(at) ? at : edge;
    };
    context.beginPath();
    context.moveTo(end(scales.x, point.x.lower, this.stage.left), py);
    context.lineTo(end(scales.x, point.x.upper, this.stage.right), py);
    context.moveTo(px, end(scales.y, point.y.lower, this.stage.bottom));
    context.lineTo(px, end(scales.y, point.y.upper, this.stage.top));
    context.strokeStyle = cssColour("--line");
    context.globalAlpha = point.standing === "dominated" ? 0.35 : 0.9;
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
  }

  // One stop of the Tab key for the whole frontier; arrow keys walk along it.
  #drawFocusable() {
    const { stage, scales, dataset } = this;
    const inside = (point) => {
      const [px, py] = [scales.x(point.x.value), scales.y(point.y.value)];
      return px >= stage.left - 1 && px <= stage.right + 1 && py >= stage.top - 1 && py <= stage.bottom + 1;
    };
    const shown = this.result.frontier.filter((point) => this.drawn.includes(point) && inside(point));
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
        this.#show({ x: sorted(start[0], at[0]).map(x.invert), y: sorted(start[1], at[1]).reverse().map(y.invert) });
        return;
      }
      const point = this.tree?.find(...at, REACH);
      if (point && !event.target.closest(".spot")) this.hooks.onSelect(this.dataset.id(point.row));
    });
    element.addEventListener("dblclick", () => this.#show(null));
  }

  #showTip(point) {
    const { stage, scales, tooltip, dataset } = this;
    const line = (metric, at) =>
      h(
        "div",
        {},
        `${metric.key} `,
        h("b", {}, formatValue(at.value, metric.unit)),
        at.lower < at.upper
          ? h("span", { class: "muted" }, ` ${formatInterval(at.lower, at.upper, metric.unit)}`)
          : null,
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
          ["certain", "certainly on the frontier"],
          ["possible", "possibly, within the intervals"],
          ["dominated", "dominated"],
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

  #apartTable() {
    return new Table(
      [
        this.#runColumn((one) => one.row),
        {
          key: "choice",
          label: "run of",
          value: (one) => this.dataset.label(one.row),
          cell: (one) => this.dataset.label(one.row),
        },
        { key: "reason", label: "reason", value: (one) => one.reason, cell: (one) => one.reason },
      ],
      { caption: "Runs that are not drawn", rows: this.result.apart, sort: null },
    );
  }

  #runColumn(rowOf) {
    const id = (one) => this.dataset.id(rowOf(one));
    return {
      key: "id",
      label: "run",
      head: true,
      value: id,
      cell: (one) => button(id(one), () => this.hooks.onSelect(id(one)), { class: "link" }),
    };
  }

  #pointTable() {
    const rank = ["certain", "possible", "dominated", "infeasible", "plain"];
    const numbers = ["x", "y"].flatMap((name) => {
      const { key, unit } = this.axes[name];
      return [
        {
          key: name,
          label: key,
          numeric: true,
          value: (point) => point[name].value,
          cell: (point) => formatValue(point[name].value, unit),
        },
        {
          key: `${name}-interval`,
          label: "95 % interval",
          cell: ({ [name]: at }) => (at.lower < at.upper ? formatInterval(at.lower, at.upper, unit) : "–"),
        },
      ];
    });
    return new Table(
      [
        this.#runColumn((point) => point.row),
        {
          key: "choice",
          label: "choice",
          value: (point) => this.dataset.label(point.row),
          cell: (point) => this.dataset.label(point.row),
        },
        ...numbers,
        {
          key: "standing",
          label: "standing",
          cell: standingOf,
          value: (point) => rank.indexOf(point.standing) - (point.onFrontier ? 0.5 : 0),
        },
      ],
      {
        caption: "Points of the frontier chart",
        rows: this.result.points,
        sort: { key: "standing", descending: false },
      },
    );
  }
}
