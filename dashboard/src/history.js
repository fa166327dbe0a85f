// One metric over time: the runs of each case, joined where a case was run again, with the steps in it.

import { quadtree } from "d3-quadtree";
import { scaleUtc } from "d3-scale";
import { axisTitle, figure, onResize, scaleOver, Stage, ticksOf } from "./chart.js";
import { button, h, replace } from "./dom.js";
import { drawPoint, Groups } from "./marks.js";
import { cssColour } from "./palette.js";
import { isWide } from "./state.js";
import { levelsOf } from "./steps.js";
import { Table, Twin } from "./table.js";
import { formatCount, formatTime, formatTimes, formatValue } from "./units.js";

const LEAST_FOR_STEPS = 6;

export class History {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks });
    this.stage = new Stage(300, { top: 26, right: 18, bottom: 48, left: 68 });
    this.frame = figure("history", "History");
    this.twin = new Twin("The history as a table", () => this.#table());
    this.element = this.frame.element;
    this.element.append(this.stage.element, this.frame.summary, this.twin.element);
    this.stage.element.addEventListener("click", (event) => this.#select(event));
    onResize(this.stage, () => this.draw());
  }

  get metric() {
    return this.dataset.metrics.get(this.state.metric);
  }

  update(rows) {
    const { dataset, metric } = this;
    const status = dataset.run("status");
    this.groups = new Groups(dataset.fields.get(this.state.colour));
    this.rows = rows.filter((row) => status(row) === "ok" && metric.value(row) !== null).reverse(); // oldest first
    const cases = new Map();
    for (const row of this.rows) {
      const key = dataset.case(row);
      if (!cases.has(key)) cases.set(key, []);
      cases.get(key).push(row);
    }
    this.cases = [...cases.values()].filter((one) => one.length > 1);
    this.steps = this.cases.flatMap((one) => this.#stepsOf(one));
    replace(this.frame.summary, this.#words());
    this.twin.refresh();
    this.draw();
  }

  #stepsOf(rows) {
    const values = rows.map((row) => this.metric.value(row));
    if (rows.length < LEAST_FOR_STEPS || values.some((value) => value <= 0)) return [];
    return levelsOf(values)
      .slice(1)
      .map(({ begin, ratio }) => ({ row: rows[begin], ratio }));
  }

  draw() {
    if (!this.rows) return;
    const { stage, metric, dataset } = this;
    const context = stage.begin();
    const time = (row) => Date.parse(dataset.started(row));
    const times = this.rows.map(time).filter(Number.isFinite);
    const span = times.length > 0 ? [Math.min(...times), Math.max(...times)] : [0, 1];
    const air = span[1] > span[0] ? Math.max(5e3, (span[1] - span[0]) * 0.03) : 60e3;
    const x = scaleUtc([span[0] - air, span[1] + air], [stage.left, stage.right]);
    const y = scaleOver(
      this.rows.map((row) => metric.value(row)),
      [stage.bottom, stage.top],
      isWide(dataset, metric),
    );
    stage.axisX(
      x,
      "start of the run, UTC",
      tickOfTime(span[1] - span[0]),
      Math.max(2, Math.floor((stage.right - stage.left) / 110)),
    );
    stage.axisY(y, axisTitle(metric), ticksOf(metric));
    context.strokeStyle = cssColour("--line");
    context.globalAlpha = this.cases.length > 40 ? 0.15 : 0.5;
    for (const rows of this.cases) {
      context.beginPath();
      rows.forEach((row, i) =>
        i === 0
          ? context.moveTo(x(time(row)), y(metric.value(row)))
          : context.lineTo(x(time(row)), y(metric.value(row))),
      );
      context.stroke();
    }
    context.globalAlpha = 1;
    const spots = this.rows.map((row) => ({ row, x: x(time(row)), y: y(metric.value(row)) }));
    for (const spot of spots)
      drawPoint(context, spot.x, spot.y, this.groups.of(spot.row), "dominated", {
        size: 40,
        faintness: spots.length > 400 ? 0.35 : 0.7,
      });
    const selected = spots.find((spot) => dataset.id(spot.row) === this.state.selected);
    if (selected) {
      context.beginPath();
      context.arc(selected.x, selected.y, 10, 0, 2 * Math.PI);
      context.strokeStyle = cssColour("--accent");
      context.lineWidth = 2.5;
      context.stroke();
    }
    this.tree = quadtree(
      spots,
      (spot) => spot.x,
      (spot) => spot.y,
    );
  }

  #select(event) {
    const box = this.stage.element.getBoundingClientRect();
    const spot = this.tree?.find(event.clientX - box.left, event.clientY - box.top, 14);
    if (spot) this.hooks.onSelect(this.dataset.id(spot.row));
  }

  #words() {
    const { rows, cases, steps, metric, dataset } = this;
    if (rows.length === 0) return `No run that is ok has ${metric.key}.`;
    const again =
      cases.length === 0
        ? "No case was run twice."
        : `${formatCount(cases.length)} case${cases.length === 1 ? " was" : "s were"} run more than once; lines join them.`;
    const times = formatTimes(dataset.started(rows[0]), dataset.started(rows.at(-1)));
    const between = times.length > 1 ? ` between ${times[0]} and ${times[1]}` : "";
    const start = `${metric.key} of ${formatCount(rows.length)} run${rows.length === 1 ? "" : "s"}${between}. ${again}`;
    if (!cases.some((one) => one.length >= LEAST_FOR_STEPS)) return start;
    if (steps.length === 0) return `${start} None of them has a step of more than 3 %.`;
    const largest = [...steps].sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)))[0];
    return (
      `${start} ${formatCount(steps.length)} step${steps.length === 1 ? "" : "s"} of more than 3 %; the largest is ${percent(largest.ratio)} ` +
      `in ${dataset.label(largest.row)} from ${formatTime(dataset.started(largest.row))} on.`
    );
  }

  #table() {
    const { dataset, metric } = this;
    const stepAt = new Map(this.steps.map((step) => [step.row, step.ratio]));
    const id = (row) => dataset.id(row);
    return new Table(
      [
        {
          key: "started",
          label: "started",
          head: true,
          value: (row) => dataset.started(row),
          cell: (row) => formatTime(dataset.started(row)),
        },
        {
          key: "id",
          label: "run",
          value: id,
          cell: (row) => button(id(row), () => this.hooks.onSelect(id(row)), { class: "link" }),
        },
        { key: "case", label: "case", value: (row) => dataset.label(row), cell: (row) => dataset.label(row) },
        {
          key: "value",
          label: metric.key,
          numeric: true,
          value: metric.value,
          cell: (row) => formatValue(metric.value(row), metric.unit),
        },
        {
          key: "step",
          label: "step",
          numeric: true,
          value: (row) => stepAt.get(row) ?? null,
          cell: (row) => (stepAt.has(row) ? percent(stepAt.get(row)) : ""),
        },
      ],
      { caption: `History of ${metric.key}`, rows: this.rows, sort: { key: "started", descending: true } },
    );
  }
}

// Days, or hours where all happened within two days.
function tickOfTime(span) {
  const text = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
  const day = text({ day: "numeric", month: "short" });
  const hour = text({ hour: "2-digit", minute: "2-digit" });
  const second = text({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const within = span < 2 * 86_400_000;
  return (time) => {
    if (within && time.getUTCSeconds() > 0) return second.format(time);
    return (within && (time.getUTCHours() > 0 || time.getUTCMinutes() > 0) ? hour : day).format(time);
  };
}

const percent = (ratio) => `${ratio > 1 ? "+" : "−"}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
