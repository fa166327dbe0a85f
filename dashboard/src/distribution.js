// One metric over all runs, a row for each group: every run a mark, with median and quartiles.

import { quantileSorted } from "d3-array";
import { quadtree } from "d3-quadtree";
import { axisTitle, figure, onResize, scaleOver, Stage, ticksOf } from "./chart.js";
import { choice, h, replace, svg } from "./dom.js";
import { drawPoint, Groups } from "./marks.js";
import { cssColour } from "./palette.js";
import { isWide } from "./state.js";
import { Table, Twin } from "./table.js";
import { formatCount, formatValue } from "./units.js";

const BAND = 46;

export class Distribution {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks });
    this.stage = new Stage(200, { top: 12, right: 18, bottom: 48, left: 128 });
    this.controls = h("div", { class: "controls" });
    this.frame = figure("distribution", "Distribution over runs", this.controls);
    this.twin = new Twin("The groups as a table", () => this.#table());
    this.element = this.frame.element;
    this.element.append(this.stage.element, this.frame.summary, this.twin.element);
    this.stage.element.addEventListener("click", (event) => this.#select(event));
    onResize(this.stage, () => this.draw());
  }

  get metric() {
    return this.dataset.metrics.get(this.state.metric);
  }

  update(rows) {
    const { metric } = this;
    this.groups = new Groups(this.dataset.fields.get(this.state.colour));
    const status = this.dataset.run("status");
    const known = rows.filter((row) => status(row) === "ok" && metric.value(row) !== null);
    this.bands = this.groups.among(known).map((group) => {
      const inside = known.filter((row) => this.groups.of(row) === group);
      const values = inside.map((row) => metric.value(row)).sort((a, b) => a - b);
      const at = (p) => quantileSorted(values, p);
      return {
        group,
        rows: inside,
        n: values.length,
        low: values[0],
        q1: at(0.25),
        median: at(0.5),
        q3: at(0.75),
        high: values.at(-1),
      };
    });
    const focused = document.activeElement?.dataset?.control === "metric";
    replace(
      this.controls,
      choice(
        "Metric, here and in the history",
        [...this.dataset.metrics.keys()].map((key) => [key, key]),
        this.state.metric,
        (key) => {
          this.state.metric = key;
          this.hooks.onChange();
        },
        { "data-control": "metric" },
      ),
    );
    if (focused) this.controls.querySelector("select").focus();
    replace(this.frame.summary, this.#words(rows.length - known.length));
    this.twin.refresh();
    this.draw();
  }

  draw() {
    if (!this.bands) return;
    const { stage, metric, bands, dataset } = this;
    stage.height = stage.margin.top + stage.margin.bottom + Math.max(1, bands.length) * BAND;
    stage.element.style.height = `${stage.height}px`;
    const context = stage.begin();
    const logarithmic = isWide(dataset, metric);
    const scale = scaleOver(
      bands.flatMap((band) => [band.low, band.high]),
      [stage.left, stage.right],
      logarithmic,
    );
    stage.axisX(scale, axisTitle(metric), ticksOf(metric));
    const spots = [];
    bands.forEach((band, i) => {
      const middle = stage.top + (i + 0.5) * BAND;
      stage.below.append(
        svg(
          "text",
          { class: "band", x: stage.left - 12, y: middle + 4, "text-anchor": "end" },
          shortened(this.groups.nameOf(band.group)),
        ),
      );
      this.#drawBox(context, scale, band, middle);
      for (const row of band.rows) {
        const x = scale(metric.value(row));
        const y = middle + 5 + jitter(row) * 12;
        drawPoint(context, x, y, band.group, "dominated", { size: 36, faintness: band.n > 100 ? 0.3 : 0.6 });
        spots.push({ x, y, row });
      }
    });
    this.tree = quadtree(
      spots,
      (spot) => spot.x,
      (spot) => spot.y,
    );
  }

  // Quartiles as a box above the marks, the median as a line, the ends as whiskers.
  #drawBox(context, scale, band, middle) {
    const [low, q1, median, q3, high] = [band.low, band.q1, band.median, band.q3, band.high].map(scale);
    const y = middle - 13;
    context.strokeStyle = cssColour("--line");
    context.fillStyle = cssColour("--box");
    context.lineWidth = 1.2;
    context.beginPath();
    context.moveTo(low, y);
    context.lineTo(high, y);
    context.stroke();
    context.fillRect(q1, y - 5, Math.max(1, q3 - q1), 10);
    context.strokeRect(q1, y - 5, Math.max(1, q3 - q1), 10);
    context.beginPath();
    context.moveTo(median, y - 8);
    context.lineTo(median, y + 8);
    context.strokeStyle = cssColour("--ink");
    context.lineWidth = 2.5;
    context.stroke();
  }

  #select(event) {
    const box = this.stage.element.getBoundingClientRect();
    const spot = this.tree?.find(event.clientX - box.left, event.clientY - box.top, 12);
    if (spot) this.hooks.onSelect(this.dataset.id(spot.row));
  }

  #words(missing) {
    const { bands, metric } = this;
    if (bands.length === 0) return `No run that is ok has ${metric.key}.`;
    const best =
      metric.better && bands.length > 1
        ? [...bands].sort((a, b) => (metric.better === "lower" ? a.median - b.median : b.median - a.median))
        : null;
    const text =
      `${metric.key} of ${formatCount(bands.reduce((sum, band) => sum + band.n, 0))} runs by ${this.state.colour}` +
      (missing > 0 ? `; ${formatCount(missing)} are not ok or have none.` : ".");
    if (!best) return text;
    const say = (band) => `${this.groups.nameOf(band.group)} (${formatValue(band.median, metric.unit)})`;
    return `${text} Best median: ${say(best[0])}; worst: ${say(best.at(-1))}. Bars are quartiles, lines reach to the ends.`;
  }

  #table() {
    const { unit } = this.metric;
    const number = (key, label) => ({
      key,
      label,
      numeric: true,
      value: (band) => band[key],
      cell: (band) => formatValue(band[key], unit),
    });
    return new Table(
      [
        {
          key: "group",
          label: this.state.colour,
          head: true,
          value: (band) => this.groups.nameOf(band.group),
          cell: (band) => this.groups.nameOf(band.group),
        },
        { key: "n", label: "runs", numeric: true, value: (band) => band.n, cell: (band) => formatCount(band.n) },
        number("low", "least"),
        number("q1", "quartile 1"),
        number("median", "median"),
        number("q3", "quartile 3"),
        number("high", "most"),
      ],
      { caption: `Distribution of ${this.metric.key}`, rows: this.bands, sort: null },
    );
  }
}

// -0.5 .. 0.5, always the same for a row.
const jitter = (row) => ((row * 0.6180339887498949) % 1) - 0.5;

const shortened = (text) => (text.length > 17 ? `${text.slice(0, 16)}…` : text);
