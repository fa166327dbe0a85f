// Two runs, B seen from A: a first look, more careful than `reef compare`, which knows how much runs drift. Pure.

import { compareValues } from "./dataset.js";
import { isTiming, otherMeaning } from "./meaning.js";
import { isWithin } from "./pareto.js";
import { formatValue } from "./units.js";

// Whole runs differ from each other by more than their intervals say: smaller differences of medians are of no interest.
const BETWEEN_RUNS = 0.1;

// {problem} when they measure different things, else {metrics: [{metric, a, b, ratio, verdict, note}], onlyA, onlyB, differences:
// [{what, a, b}], edited: those of "A", "B" whose record was}; a and b of a metric are {value, lower, upper}.
export function compareRuns(dataset, a, b) {
  for (const name of ["package", "action"]) {
    const get = dataset.run(name);
    if (get(a) !== get(b))
      return { problem: `A is ${name} ${get(a)}, B is ${name} ${get(b)}: they measure different things.` };
  }
  const status = dataset.run("status");
  for (const [name, row] of [
    ["A", a],
    ["B", b],
  ])
    if (status(row) !== "ok") return { problem: `${name} is ${status(row)}: its numbers may not be compared.` };
  const host = dataset.fields.get("host");
  const otherHost = host.get(a) !== host.get(b);
  const metrics = [];
  const only = { A: [], B: [] };
  for (const metric of dataset.metrics.values()) {
    const [left, right] = [a, b].map((row) => ({
      value: metric.value(row),
      lower: metric.lower(row),
      upper: metric.upper(row),
    }));
    const has = (row, one) => one.value !== null || metric.problem(row) !== null;
    if (!has(a, left) && !has(b, right)) continue;
    if (!has(b, right)) only.A.push(metric.key);
    else if (!has(a, left)) only.B.push(metric.key);
    else
      metrics.push({
        metric,
        a: left,
        b: right,
        ...judge(metric, left, right, metric.tolerance(b) ?? metric.tolerance(a), {
          meaning: otherMeaning(dataset, a, b, metric),
          host: otherHost,
        }),
      });
  }
  const edited = Object.entries({ A: a, B: b }).flatMap(([name, row]) => (dataset.isEdited(row) ? [name] : []));
  return { metrics, onlyA: only.A, onlyB: only.B, differences: differences(dataset, a, b), edited };
}

function judge(metric, a, b, tolerance, other) {
  const ratio = a.value ? b.value / a.value : null;
  if (a.value === null || b.value === null) return cannotTell(null, "not known of both");
  if (other.meaning !== null) return cannotTell(ratio, other.meaning);
  if (other.host && isTiming(metric)) return cannotTell(ratio, "another processor");
  if (a.value === b.value) return { ratio, verdict: "same", note: "" };
  if (tolerance !== null) return { ratio, ...judgeTolerance(metric, a.value, b.value, tolerance) };
  if (metric.better === null) return cannotTell(ratio, "nobody declared which direction is better");
  if (!(a.lower > 0 && b.lower > 0) || a.upper === null || b.upper === null)
    return cannotTell(ratio, "one number a run, and no declared tolerance");
  return { ratio, ...judgeIntervals(metric, a, b) };
}

const cannotTell = (ratio, note) => ({ ratio, verdict: "cannot tell", note });

const wordFor = (metric, isBetter) => {
  if (isTiming(metric)) return isBetter ? "faster" : "slower";
  return isBetter ? "better" : "worse";
};

function judgeTolerance(metric, a, b, tolerance) {
  if (isWithin(a, b, tolerance)) return { verdict: "same", note: `within the declared tolerance of ${tolerance}` };
  if (metric.better === null) return { verdict: "different", note: "" };
  return { verdict: wordFor(metric, (metric.better === "higher") === b > a), note: "" };
}

function judgeIntervals(metric, a, b) {
  const lower = b.lower / a.upper;
  const upper = b.upper / a.lower;
  const verdict =
    lower > 1 + BETWEEN_RUNS
      ? wordFor(metric, metric.better === "higher")
      : upper < 1 / (1 + BETWEEN_RUNS)
        ? wordFor(metric, metric.better === "lower")
        : lower > 1 / (1 + BETWEEN_RUNS) && upper < 1 + BETWEEN_RUNS
          ? "same"
          : "cannot tell";
  return { verdict, note: `at least ${lower.toPrecision(3)} times, at most ${upper.toPrecision(3)}` };
}

function differences(dataset, a, b) {
  const out = [];
  const add = (what, left, right) => {
    if (left !== right) out.push({ what, a: left ?? "none", b: right ?? "none" });
  };
  for (const field of dataset.fields.values())
    if (!["status", "package", "action", "grade", "sweep"].includes(field.key))
      add(field.key, field.get(a), field.get(b));
  const lists = {
    tool: (row) =>
      new Map((dataset.provenance("toolchain")(row) ?? []).map((one) => [one.name, brief(one.version, one.sha256)])),
    package: (row) =>
      new Map(
        (dataset.provenance("closure")(row) ?? [])
          .filter((one) => one.build_key !== null)
          .map((one) => [one.name, one.version]),
      ),
    library: (row) =>
      new Map((dataset.provenance("libraries")(row) ?? []).map((one) => [one.path, brief(null, one.sha256)])),
  };
  for (const [kind, read] of Object.entries(lists)) {
    const [left, right] = [read(a), read(b)];
    for (const name of [...new Set([...left.keys(), ...right.keys()])].sort(compareValues))
      add(`${kind} ${name}`, left.get(name), right.get(name));
  }
  for (const key of ["kernel", "distribution", "libc_version", "threads", "virtualization"]) {
    const host = dataset.provenance("host");
    const value = (row) => host(row)?.[key] ?? null;
    add(`host ${key}`, value(a), value(b));
  }
  add("lock", brief(null, dataset.provenance("lock_sha256")(a)), brief(null, dataset.provenance("lock_sha256")(b)));
  return out;
}

const brief = (version, digest) => [version, digest ? digest.slice(0, 8) : null].filter(Boolean).join(" ") || null;

// One sentence about the first metric that has a verdict, for those who read nothing else.
export function headline({ metrics, problem, edited }) {
  if (problem) return problem;
  const changed = edited.map((name) => ` ${name} was edited: its numbers are not those that were measured.`);
  return difference(metrics) + changed.join("");
}

function difference(metrics) {
  const told = metrics.filter((one) => one.verdict !== "cannot tell" && one.verdict !== "same");
  if (told.length === 0) return "No difference that these two runs could show.";
  const say = (one) =>
    `${one.metric.key} ${one.verdict} (${formatValue(one.a.value, one.metric.unit)}, ${formatValue(one.b.value, one.metric.unit)})`;
  return `B against A: ${told.map(say).join("; ")}.`;
}
