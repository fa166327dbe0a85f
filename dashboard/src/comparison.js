// Two runs, B seen from A, by the arithmetic of `reef compare` (core/ops/compare.cpp, core/bench/comparison.cpp): its verdicts.
// Pure.

import { compareValues } from "./dataset.js";
import { isTiming, otherMeaning } from "./meaning.js";
import { isWithin } from "./pareto.js";
import { formatValue } from "./units.js";

const EDGE = Math.log1p(0.03); // smaller differences are of no interest
const LEAST_CHANCE = 1 - 0.99;
const STUDENT = 2.878; // t(0.995, 18): two times ten parts
const NORMAL = 2.5758293035489004; // quantile of 0.995
const FEWEST = 8; // values

// {problem} when they measure different things, else {metrics: [{metric, a, b, ratio, verdict, note}], onlyA, onlyB, differences:
// [{what, a, b}], edited: those of "A", "B" whose record was}; a and b of a metric are {value, lower, upper, n, drift}.
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
  const processor = (row) => dataset.provenance("host")(row)?.cpu_model ?? "";
  const otherProcessor = processor(a) !== processor(b);
  const metrics = [];
  const only = { A: [], B: [] };
  for (const metric of dataset.metrics.values()) {
    const [left, right] = [a, b].map((row) => ({
      value: metric.value(row),
      lower: metric.lower(row),
      upper: metric.upper(row),
      n: metric.n(row) ?? 0,
      drift: metric.drift(row),
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
        ...judge(metric, left, right, {
          tolerance: metric.tolerance(b) ?? metric.tolerance(a),
          better: metric.direction(b),
          meaning: otherMeaning(dataset, a, b, metric),
          otherProcessor,
        }),
      });
  }
  settle(metrics);
  const edited = Object.entries({ A: a, B: b }).flatMap(([name, row]) => (dataset.isEdited(row) ? [name] : []));
  return { metrics, onlyA: only.A, onlyB: only.B, differences: differences(dataset, a, b), edited };
}

function judge(metric, a, b, { tolerance, better, meaning, otherProcessor }) {
  const ratio = a.value ? b.value / a.value : null;
  if (a.value === null || b.value === null) return cannotTell(null, "not known of both");
  if (meaning !== null) return cannotTell(ratio, meaning);
  if (otherProcessor && isTiming(metric)) return cannotTell(ratio, "another processor");
  if (better !== null && metric.isPercentile && hasInterval(a) && hasInterval(b)) {
    if (a.drift === null || b.drift === null)
      return { ...cannotTell(ratio, "samples of too many runs: not all were read"), compared: { p: 1 } };
    const compared = compareIntervals(a, b);
    if (compared === null) return cannotTell(ratio, "an interval that is not around its value");
    return { ratio, verdict: wordFor(metric, better, compared.side), note: noteOf(compared), compared };
  }
  if (a.value === b.value) return { ratio, verdict: "same", note: "" };
  if (tolerance === null) return cannotTell(ratio, "one number a run, and no declared tolerance");
  if (isWithin(a.value, b.value, tolerance))
    return { ratio, verdict: "same", note: `within the declared tolerance of ${tolerance}` };
  const side = b.value > a.value ? "above" : "below";
  return { ratio, verdict: better === null ? "different" : wordFor(metric, better, side), note: "" };
}

const cannotTell = (ratio, note) => ({ ratio, verdict: "cannot tell", note });

const hasInterval = ({ lower, upper, n }) => lower > 0 && upper !== null && n > 1;

const wordFor = (metric, better, side) => {
  if (side === null) return "cannot tell";
  if (side === "same") return side;
  const isBetter = (better === "higher") === (side === "above");
  if (isTiming(metric)) return isBetter ? "faster" : "slower";
  return isBetter ? "better" : "worse";
};

const noteOf = ({ lower, upper }) => `at least ${lower.toPrecision(3)} times, at most ${upper.toPrecision(3)}`;

// The ratio B / A with its 99 % interval, which side of the band that is on ("above", "below", "same", or null), and the chance
// of such a claim when it is wrong. Null when there is no interval.
export function compareIntervals(a, b) {
  const centre = Math.log(b.value / a.value);
  const drift = STUDENT * Math.hypot(a.drift, b.drift);
  const upper = centre + Math.hypot(Math.log(b.upper / a.lower) - centre, drift);
  const lower = centre - Math.hypot(centre - Math.log(b.lower / a.upper), drift);
  if (!(lower <= centre && centre <= upper && upper < Infinity)) return null;
  const n = Math.min(a.n, b.n);
  const out = { lower: Math.exp(lower), upper: Math.exp(upper), side: null, p: 1 };
  if (n < FEWEST) return out;
  if (lower > EDGE) out.side = "above";
  else if (upper < -EDGE) out.side = "below";
  else if (lower >= -EDGE && upper <= EDGE) out.side = "same";
  const error = (upper - lower) / 2 / NORMAL;
  const room = Math.abs(Math.abs(centre) - EDGE);
  out.p = error > 0 ? studentChance(room / error, n - 1) : room > 0 ? 0 : 1;
  return out;
}

// Of several metrics one is clear by chance sooner than one alone: takes back what Holm's correction does not leave.
function settle(metrics) {
  const among = metrics.filter((one) => one.compared).sort((x, y) => x.compared.p - y.compared.p);
  if (among.length < 2) return;
  let corrected = 0;
  among.forEach((one, rank) => {
    corrected = Math.max(corrected, Math.min(1, one.compared.p * (among.length - rank)));
    if (one.verdict === "cannot tell" || corrected < LEAST_CHANCE) return;
    one.verdict = "cannot tell";
    one.note += `; clear alone, not among ${among.length} metrics`;
  });
}

// Two-sided tail of Student's t (Wallace's approximation, Abramowitz and Stegun 26.7.8).
function studentChance(t, freedom) {
  const z = (t * (1 - 1 / (4 * freedom))) / Math.sqrt(1 + (t * t) / (2 * freedom));
  return Math.min(1, erfc(z / Math.SQRT2));
}

// Of x >= 0, to twelve digits: the series of erf near 0 (Abramowitz and Stegun 7.1.6), else the continued fraction (7.1.14).
export function erfc(x) {
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; term > 1e-17 * sum; ++n) sum += term *= (2 * x * x) / (2 * n + 1);
    return 1 - 2 * scale * sum;
  }
  let fraction = x;
  for (let n = 100; n > 0; --n) fraction = x + n / 2 / fraction;
  return scale / fraction;
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
