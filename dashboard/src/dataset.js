// The document that `reef` writes (schemas/dashboard.schema.json), as fields and metrics that answer by row.

// The text of the element that holds the data: gzip in base64, or nothing.
export async function unpack(base64) {
  const binary = atob(base64.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

const text = (value) =>
  value === null || typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);

// A coded column: each different value once, and for each row its index or null.
const coded = (column) => (row) => {
  const at = column?.at[row];
  return at === null || at === undefined ? null : column.values[at];
};

const plain = (column) => (row) => column?.[row] ?? null;

// A field: {key, kind, get(row) -> text, number or null, numeric, values: different ones in order, hasNone: some rows lack it}
function field(key, kind, get, size) {
  const values = new Set();
  for (let row = 0; row < size; ++row) values.add(get(row));
  const hasNone = values.delete(null);
  const numeric = values.size > 0 && [...values].every((value) => typeof value === "number");
  return { key, kind, get, numeric, unit: "", hasNone, values: [...values].sort(compareValues) };
}

// Numbers by size before texts; digits within texts count as numbers, so that `gcc-9` comes before `gcc-12`.
const collator = new Intl.Collator("en", { numeric: true });
export function compareValues(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

function hostName(host) {
  if (host === null) return null;
  return host.cpu_model ?? [host.os, host.arch].filter(Boolean).join(" ") ?? null;
}

export class Dataset {
  constructor(document) {
    if (document.format !== 1) throw new Error(`this page reads format 1, the data has format ${document.format}`);
    this.document = document;
    this.size = document.runs.id.length;
    this.id = (row) => document.runs.id[row];
    this.started = (row) => document.runs.started[row];
    this.run = (name) => coded(document.runs[name]);
    const edited = this.run("edited");
    this.isEdited = (row) => edited(row) === true;
    this.provenance = (name) => coded(document.provenance[name]);
    this.rowOf = new Map(document.runs.id.map((id, row) => [id, row]));
    this.fields = this.#readFields();
    this.metrics = new Map(this.#readMetrics().map((metric) => [metric.key, metric]));
    this.#texts = new Array(this.size);
    this.#cases = new Array(this.size);
  }

  #texts;
  #cases;

  #readFields() {
    const { document, size } = this;
    const fields = new Map();
    const add = (key, kind, get) => {
      const free = fields.has(key) ? `${kind}.${key}` : key;
      fields.set(free, field(free, kind, get, size));
    };
    for (const name of ["package", "version", "action", "status", "scenario", "sweep"])
      add(name, "run", this.run(name));
    for (const [name, column] of Object.entries(document.options)) add(name, "option", coded(column));
    for (const [name, column] of Object.entries(document.parameters)) {
      const get = coded(column);
      add(name, "parameter", (row) => text(get(row)));
    }
    // What a latency was measured under is part of what it means.
    for (const name of ["rate", "samples_per_query", "mode"]) if (document.runs[name]) add(name, "load", this.run(name));
    const steps = this.run("steps");
    for (const name of new Set((document.runs.steps?.values ?? []).flatMap(Object.keys)))
      add(name, "load", (row) => steps(row)?.[name] ?? null);
    const host = this.provenance("host");
    add("host", "run", (row) => hostName(host(row)));
    const conditions = this.provenance("conditions"); // whether the machine was quiet
    add("grade", "run", (row) => text(conditions(row)?.grade ?? null));
    return fields;
  }

  #readMetrics() {
    const { metrics } = this.document;
    const repeated = new Set(metrics.map((metric) => metric.name).filter((name, i, all) => all.indexOf(name) !== i));
    return metrics.map((metric) => {
      const n = coded(metric.n);
      return {
        key:
          repeated.has(metric.name) || this.fields.has(metric.name)
            ? `${metric.name} (${metric.unit ?? "1"})`
            : metric.name,
        name: metric.name,
        dependsOnLoad: metric.depends_on_load === true,
        differsBetweenRuns: metric.differs_between_runs === true,
        // As percentile_of in core/ops/compare.cpp; behind the name of a step only such have a drift.
        isPercentile: /^latency(\.p[0-9]+)?$/.test(metric.name) || Array.isArray(metric.drift),
        unit: metric.unit ?? "",
        better: metric.better,
        direction: metric.directions ? coded(metric.directions) : () => metric.better,
        disputed: metric.disputed,
        value: plain(metric.value),
        lower: plain(metric.lower),
        upper: plain(metric.upper),
        drift: plain(metric.drift),
        tolerance: plain(metric.tolerance),
        n,
        problem: (row) => (Object.hasOwn(metric.problems, row) ? metric.problems[row] : null),
      };
    });
  }

  // Fields that tell runs apart, those that a person chose first.
  telling(kinds = ["option", "parameter", "load", "run"]) {
    return [...this.fields.values()].filter(
      (field) => field.values.length + field.hasNone > 1 && kinds.includes(field.kind),
    );
  }

  // "native cnn-m threads 2": what tells this run from the others, in words. A number alone says nothing.
  label(row) {
    const values = this.telling(["option", "parameter", "load"])
      .filter((field) => field.get(row) !== null)
      .map((field) => (field.numeric ? `${field.key} ${field.get(row)}` : field.get(row)));
    return values.length > 0 ? values.join(" ") : this.id(row);
  }

  // "engine native, model cnn-m, threads 2"
  choice(row) {
    const parts = [...this.fields.values()]
      .filter((field) => field.kind !== "run" && field.get(row) !== null)
      .map((field) => `${field.key} ${field.get(row)}`);
    return parts.length > 0 ? parts.join(", ") : "no options";
  }

  // Everything that a bare word of the filter is looked for in, in lower case.
  text(row) {
    this.#texts[row] ??= [
      this.id(row),
      this.started(row),
      this.run("reason")(row) ?? "",
      ...[...this.fields.values()].map((field) => field.get(row) ?? ""),
    ]
      .join("\n")
      .toLowerCase();
    return this.#texts[row];
  }

  // What the filter may name.
  names() {
    const names = new Map();
    for (const [key, metric] of this.metrics) names.set(key, { get: metric.value, unit: metric.unit, numeric: true });
    for (const [key, field] of this.fields) names.set(key, field);
    names.set("id", { get: this.id, unit: "", numeric: false });
    names.set("started", { get: this.started, unit: "", numeric: false });
    return names;
  }

  // Runs of one case measured the same thing on the same kind of machine.
  case(row) {
    this.#cases[row] ??= JSON.stringify(
      [...this.fields.values()]
        .filter((field) => !["status", "grade", "sweep"].includes(field.key))
        .map((field) => field.get(row)),
    );
    return this.#cases[row];
  }

  // The newest of each case with its repeats: lists of rows in the order of `rows` (newest first). What was edited takes no
  // place of what was measured: it comes last, and is of no use where its case has others.
  newestOfEach(rows) {
    const [group, round] = [this.run("repeats"), this.run("round")];
    const newest = new Map(); // case -> {rows, group, rounds}
    const isEdited = (row) => this.isEdited(row);
    for (const row of [...rows.filter((row) => !isEdited(row)), ...rows.filter(isEdited)]) {
      const key = this.case(row);
      const first = newest.get(key);
      if (!first) newest.set(key, { rows: [row], group: group(row), rounds: new Set([round(row)]) });
      else if (first.group !== null && first.group === group(row) && !first.rounds.has(round(row))) {
        first.rows.push(row);
        first.rounds.add(round(row));
      }
    }
    return [...newest.values()].map((one) => one.rows);
  }

  // Steps of a workflow that have latencies of their own in this run.
  measuredSteps(row) {
    const steps = this.document.latency.steps ?? {};
    return Object.keys(steps).filter((step) => steps[step][row] !== null);
  }

  // The quantiles of the latency of a run, or of a step of it, in seconds: [[p, value]], or nothing. The document has
  // differences in nanoseconds.
  quantiles(row, step = null) {
    const { quantiles, steps } = this.document.latency;
    const differences = (step === null ? quantiles[row] : steps[step][row]) ?? [];
    let sum = 0;
    return differences.flatMap((difference, i) => {
      if (difference === null) return [];
      sum += difference;
      return [[this.document.latency.levels[i], sum * 1e-9]];
    });
  }

  times(row) {
    return Object.entries(this.document.times)
      .map(([name, column]) => [name, column[row]])
      .filter(([, value]) => value !== null);
  }
}
