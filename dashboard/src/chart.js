// What charts share: a canvas for marks between two layers of SVG, axes with units, and sharp lines on every screen.

import { scaleLinear, scaleLog } from "d3-scale";
import { h, svg } from "./dom.js";
import { formatTick } from "./units.js";

// Axes and grid below, canvas for marks, then an overlay for what can be focused. All in CSS pixels.
export class Stage {
  constructor(height, margin) {
    this.margin = margin;
    this.below = svg("svg", { class: "layer", "aria-hidden": "true" });
    this.canvas = h("canvas", { class: "layer", "aria-hidden": "true" });
    this.above = svg("svg", { class: "layer above" });
    this.element = h("div", { class: "stage" }, this.below, this.canvas, this.above);
    this.resize(height);
  }

  resize(height) {
    this.height = height;
    this.element.style.height = `${height}px`;
  }

  // Takes the width that the page gives; returns a context in CSS pixels, wiped clean.
  begin() {
    this.given = this.element.clientWidth;
    this.width = Math.max(240, this.given);
    const ratio = window.devicePixelRatio || 1;
    for (const layer of [this.below, this.above]) {
      layer.setAttribute("width", this.width);
      layer.setAttribute("height", this.height);
      layer.replaceChildren();
    }
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${this.height}px`;
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }

  get left() {
    return this.margin.left;
  }
  get right() {
    return this.width - this.margin.right;
  }
  get top() {
    return this.margin.top;
  }
  get bottom() {
    return this.height - this.margin.bottom;
  }

  axisX(scale, title, format, count = Math.max(3, Math.floor((this.right - this.left) / 90))) {
    const group = svg(
      "g",
      { class: "axis", "text-anchor": "middle" },
      ticks(scale, count, 44)
        .map((value) => [Math.round(scale(value)) + 0.5, format(value)])
        .map(([x, label]) => [
          svg("line", { class: "grid", x1: x, x2: x, y1: this.top, y2: this.bottom }),
          svg("line", { x1: x, x2: x, y1: this.bottom, y2: this.bottom + 5 }),
          svg("text", { x, y: this.bottom + 19 }, label),
        ]),
      svg("line", { x1: this.left, x2: this.right, y1: this.bottom + 0.5, y2: this.bottom + 0.5 }),
    );
    this.below.append(
      group,
      svg("text", { class: "axis-title", x: this.right, y: this.height - 6, "text-anchor": "end" }, title),
    );
  }

  axisY(scale, title, format, count = Math.max(3, Math.floor((this.bottom - this.top) / 45))) {
    const group = svg(
      "g",
      { class: "axis", "text-anchor": "end" },
      ticks(scale, count, 20)
        .map((value) => [Math.round(scale(value)) + 0.5, format(value)])
        .map(([y, label]) => [
          svg("line", { class: "grid", x1: this.left, x2: this.right, y1: y, y2: y }),
          svg("line", { x1: this.left - 5, x2: this.left, y1: y, y2: y }),
          svg("text", { x: this.left - 9, y: y + 4 }, label),
        ]),
      svg("line", { x1: this.left + 0.5, x2: this.left + 0.5, y1: this.top, y2: this.bottom }),
    );
    this.below.append(group, svg("text", { class: "axis-title", x: 4, y: 12 }, title));
  }
}

// About `count` round values. A logarithmic axis names 1, 2 and 5 of each decade, or 1 and 3 where they are `apart` pixels from
// each other, or as many as there is room for; where it is shorter than that, it is divided as a linear one.
function ticks(scale, count, apart) {
  if (!scale.base) return scale.ticks(count);
  const [low, high] = scale.domain();
  const decades = Math.log10(high / low);
  const [from, to] = scale.range();
  const gap = (Math.abs(to - from) / decades) * Math.log10(3);
  const wanted = decades * 3 <= count ? [1, 2, 5] : gap >= apart ? [1, 3] : [1];
  const values = scale
    .ticks()
    .filter((value) => wanted.includes(Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9))));
  if (values.length < 2)
    return scaleLinear([low, high], [0, 1])
      .ticks(Math.min(count, 6))
      .filter((value) => value > 0);
  const step = wanted.length === 1 ? Math.ceil(values.length / count) : 1;
  return values.filter((_, i) => i % step === 0);
}

// A scale over all values with some air at both ends. A logarithmic one needs values above zero.
export function scaleOver(values, range, logarithmic, air = 0.05) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = logarithmic ? [1, 10] : [0, 1];
  if (logarithmic) {
    const part = low === high ? 2 : (high / low) ** air;
    return scaleLog([low / part, high * part], range).clamp(false);
  }
  const part = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * air;
  return scaleLinear([low - part, high + part], range);
}

export const ticksOf = (metric) => (value) => formatTick(value, metric.unit);

// "latency: lower is better"
export function axisTitle(metric) {
  const arrow = { lower: ", lower is better", higher: ", higher is better" }[metric.better] ?? "";
  return `${metric.key}${arrow}`;
}

// One section of the page: a numbered figure with its caption and what belongs to it.
export function figure(id, title, ...content) {
  const heading = h("h2", { id: `${id}-title`, tabindex: -1 }, title);
  const summary = h("p", { class: "summary", id: `${id}-summary` });
  const element = h(
    "section",
    { id, class: "figure", "aria-labelledby": heading.id, "aria-describedby": summary.id },
    heading,
    ...content,
  );
  return { element, summary };
}

// Calls `draw` when the stage has another width than the one it was drawn for.
export function onResize(stage, draw) {
  new ResizeObserver(() => {
    const width = stage.element.clientWidth;
    if (width !== 0 && width !== stage.given) draw();
  }).observe(stage.element);
}
