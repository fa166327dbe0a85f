// What the reader chose, and its copy in the address, so that a link shows the same view.

import { clauses, ExpressionError } from "./expression.js";
import { measured } from "./frontier.js";

export class State {
  constructor(dataset) {
    this.dataset = dataset;
    this.facets = new Map(); // field -> Set of chosen values
    this.filter = "";
    this.filterProblem = null;
    this.sort = { key: "started", descending: true };
    this.everyRun = false;
    this.limits = { x: "", y: "" };
    Object.assign(this, defaults(dataset));
    this.selected = null; // ids of runs
    this.a = null;
    this.b = null;
  }

  #ofRuns = []; // what the filter asks of each run, whatever it is repeated by,
  #ofMetrics = []; // and what it asks of metrics,
  #ofPoints = []; // the same of a point: of the rows of its repeats

  // False when the text is no expression: `filterProblem` says why, and the one before stays in force.
  setFilter(text) {
    this.filter = text;
    try {
      const { dataset } = this;
      const asksOfMetric = ({ names }) => [...names].some((name) => dataset.metrics.has(name));
      const parts = clauses(text, dataset.names(), (row) => dataset.text(row));
      this.#ofRuns = parts.filter((part) => !asksOfMetric(part));
      this.#ofMetrics = parts.filter(asksOfMetric);
      this.#ofPoints = clauses(text, namesOfPoints(dataset), (rows) => dataset.text(rows[0])).filter(asksOfMetric);
      this.filterProblem = null;
    } catch (problem) {
      if (!(problem instanceof ExpressionError)) throw problem;
      this.filterProblem = problem;
    }
    return this.filterProblem === null;
  }

  #passesFacets(row, except) {
    for (const [key, values] of this.facets)
      if (key !== except && !values.has(this.dataset.fields.get(key).get(row))) return false;
    return true;
  }

  // Rows that pass the filter and all facets but one.
  rows(except = null) {
    return this.rowsOfPoints(except).filter((row) => passes(this.#ofMetrics, row));
  }

  // The same for charts that take repeats together: what the filter asks of a metric is asked of a point, as `reef pareto
  // --where` does, for it must not choose among the repeats.
  rowsOfPoints(except = null) {
    const status = this.dataset.run("status");
    const out = [];
    for (let row = 0; row < this.dataset.size; ++row)
      if (
        passes(this.#ofRuns, row) &&
        this.#passesFacets(row, except) &&
        (status(row) === "ok" || passes(this.#ofMetrics, row))
      )
        out.push(row);
    return out;
  }

  // rows: of the repeats of a point.
  passesAsPoint(rows) {
    return passes(this.#ofPoints, rows);
  }

  toggleFacet(key, value, chosen) {
    const values = this.facets.get(key) ?? new Set();
    if (chosen) values.add(value);
    else values.delete(value);
    if (values.size > 0) this.facets.set(key, values);
    else this.facets.delete(key);
  }

  clear() {
    this.facets.clear();
    this.setFilter("");
  }

  get isFiltered() {
    return this.facets.size > 0 || this.filter.trim() !== "";
  }

  toHash() {
    const out = new URLSearchParams();
    const start = defaults(this.dataset);
    for (const key of KEYS) if (String(this[key]) !== String(start[key])) out.set(key, this[key]);
    if (this.filter) out.set("filter", this.filter);
    if (this.everyRun) out.set("every", "1");
    for (const axis of ["x", "y"]) if (this.limits[axis]) out.set(`limit-${axis}`, this.limits[axis]);
    for (const key of ["selected", "a", "b"]) if (this[key]) out.set(key, this[key]);
    for (const [key, values] of this.facets)
      for (const value of values) out.append(`facet`, JSON.stringify([key, value]));
    return out.toString();
  }

  // Whatever makes no sense for this data is left out.
  fromHash(hash) {
    const given = new URLSearchParams(hash.replace(/^#/, ""));
    const { metrics, fields, rowOf } = this.dataset;
    for (const key of ["x", "y", "metric"]) if (metrics.has(given.get(key))) this[key] = given.get(key);
    if (fields.has(given.get("colour"))) this.colour = given.get("colour");
    for (const key of ["logX", "logY"]) if (given.has(key)) this[key] = given.get(key) === "true";
    for (const axis of ["x", "y"]) this.limits[axis] = given.get(`limit-${axis}`) ?? "";
    for (const key of ["selected", "a", "b"]) if (rowOf.has(given.get(key))) this[key] = given.get(key);
    this.everyRun = given.get("every") === "1";
    for (const text of given.getAll("facet")) {
      const [key, value] = readPair(text);
      const field = fields.get(key);
      if (field?.values.includes(value) || (field?.hasNone && value === null)) this.toggleFacet(key, value, true);
    }
    this.setFilter(given.get("filter") ?? "");
  }
}

const passes = (parts, row) => parts.every((part) => part.passes(row));

// What the filter may name, of a point: its metrics are those of all its repeats.
function namesOfPoints(dataset) {
  const names = new Map();
  for (const [key, name] of dataset.names()) {
    const metric = dataset.metrics.get(key);
    const valueOf = (rows) => {
      const { value } = measured(metric, rows);
      return Number.isNaN(value) ? null : value;
    };
    names.set(key, { ...name, get: metric ? valueOf : (rows) => name.get(rows[0]) });
  }
  return names;
}

const KEYS = ["x", "y", "logX", "logY", "colour", "metric"];

function readPair(text) {
  try {
    const pair = JSON.parse(text);
    return Array.isArray(pair) ? pair : [];
  } catch {
    return [];
  }
}

// latency against accuracy where there are both, as `reef pareto` does; else the first metrics that have a direction.
function defaults(dataset) {
  const metrics = [...dataset.metrics.values()];
  const known = (metric) => metric.better !== null && count(dataset, metric) > 0;
  const named = (name) => metrics.find((metric) => metric.key === name && known(metric));
  const usable = [...metrics.filter(known), ...metrics.filter((metric) => !known(metric))];
  const x = named("latency") ?? usable[0];
  const y = named("accuracy") ?? usable.find((metric) => metric !== x) ?? x;
  const groups = dataset.telling(["option", "parameter"]).filter((field) => field.values.length <= 8);
  const colour = groups.find((field) => field.key === "engine") ?? groups[0] ?? dataset.fields.get("status");
  return {
    x: x?.key ?? null,
    y: y?.key ?? null,
    metric: x?.key ?? null,
    colour: colour.key,
    logX: x ? isWide(dataset, x) : false,
    logY: y ? isWide(dataset, y) : false,
  };
}

function count(dataset, metric) {
  let known = 0;
  for (let row = 0; row < dataset.size; ++row) if (metric.value(row) !== null) ++known;
  return known;
}

// Values over more than one and a half decades read better on a logarithmic axis.
export function isWide(dataset, metric) {
  let least = Infinity;
  let most = -Infinity;
  for (let row = 0; row < dataset.size; ++row) {
    const value = metric.value(row);
    if (value === null) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least > 0 && most / least > 30;
}
