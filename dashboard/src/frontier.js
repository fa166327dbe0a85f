// Which runs the scatter draws and how each stands: pure.

import { rivals } from "./meaning.js";
import { pareto } from "./pareto.js";
import { formatCount, formatValue, fits, parseQuantity } from "./units.js";

// The limit that a person typed: {value} in the metric's unit, {problem}, or nothing.
export function readLimit(text, metric) {
  if (text.trim() === "") return { value: null };
  const quantity = parseQuantity(text);
  if (!quantity) return { value: null, problem: `expected a number such as ${metric.unit === "s" ? "5us" : "0.98"}` };
  if (!fits(quantity.kind, metric.unit))
    return { value: null, problem: `${metric.key} is in ${metric.unit || "plain numbers"}` };
  return { value: quantity.value };
}

// Ranks of n sorted values between which their true median lies with 95 % confidence, from 1; null for fewer than six.
function ranksOfMedian(n) {
  let logarithm = -n * Math.LN2; // of the chance that k of n values are below the median
  let chance = 0;
  for (let k = 0; ; ++k) {
    chance += Math.exp(logarithm);
    if (chance > 0.025) return k === 0 ? null : [k, n + 1 - k];
    logarithm += Math.log((n - k) / (k + 1));
  }
}

// One metric of a run, or of its repeats as core/ops/pooled.h says it: {value, lower, upper, ends}; `ends` of the
// interval are null where nobody knows them. `problem`: why there is no value.
export function measured(metric, rows) {
  const known = rows.filter((row) => metric.value(row) !== null);
  if (known.length > 0 && known.length < rows.length) {
    const problem = `${known.length} of ${rows.length} runs ${known.length === 1 ? "knows" : "know"} it`;
    return { value: NaN, lower: NaN, upper: NaN, ends: [null, null], problem };
  }
  if (rows.length === 1 || known.length === 0) {
    const row = rows[0];
    const value = metric.value(row) ?? NaN;
    const ends = [metric.lower(row), metric.upper(row)];
    return { value, lower: ends[0] ?? value, upper: ends[1] ?? value, ends };
  }
  const values = rows.map(metric.value).sort((a, b) => a - b);
  const n = values.length;
  const ranks = ranksOfMedian(n);
  const hull = (end, of) => of(...rows.map((row) => end(row) ?? metric.value(row)), ...values);
  const [lower, upper] = ranks
    ? ranks.map((rank) => values[rank - 1])
    : [hull(metric.lower, Math.min), hull(metric.upper, Math.max)];
  const value = (values[Math.floor((n - 1) / 2)] + values[Math.floor(n / 2)]) / 2;
  const same = values[0] === values[n - 1] && metric.lower(rows[0]) === null;
  return { value, lower, upper, ends: same ? [null, null] : [lower, upper] };
}

// The largest that the runs declare.
const toleranceOf = (metric, rows) =>
  rows.reduce((most, row) => (metric.value(row) === null ? most : Math.max(most, metric.tolerance(row) ?? 0)), 0);

// rows: newest first. Takes part: every run that is ok, or the newest of each case with its repeats; of these, what `keeps`
// (rows of a point -> boolean) lets pass. Answers
//   points    {row, runs, x, y, standing, onFrontier, tied}: drawn; row is the newest of its runs; standing is "plain"
//             when a direction is unknown
//   frontier  those on it, best in x first      knee  one of them, or null
//   tolerance {x, y}: differences up to it count as none
//   apart     {row, reason, unlike}: not drawn; unlike: of runs that are not compared with those that are
//   only      what those that are drawn are of, where others are not
//   single    how many points are one run whose interval does not hold what differs between runs of these metrics
//   older, edited: how many runs others of their case stand for, because they are newer or were not edited
export function frontierOf(dataset, rows, axes, limits, everyRun, keeps = () => true) {
  const { x, y } = axes;
  const status = dataset.run("status");
  const reason = dataset.run("reason");
  const apart = [];
  const ok = rows.filter((row) => {
    if (status(row) === "ok") return true;
    apart.push({ row, reason: `${status(row)}${reason(row) ? `: ${reason(row).split("\n")[0]}` : ""}` });
    return false;
  });
  const candidates = (everyRun ? ok.map((row) => [row]) : dataset.newestOfEach(ok)).filter(keeps);
  const taken = new Set(candidates.flat());
  const cases = new Set(candidates.map((rows) => dataset.case(rows[0])));
  const hidden = everyRun ? [] : ok.filter((row) => !taken.has(row) && cases.has(dataset.case(row)));
  const edited = hidden.filter((row) => dataset.isEdited(row)).length;
  const older = hidden.length - edited;
  const { kept: taking, apart: unlike, only } = rivals(dataset, candidates, [x, y]);
  apart.push(...unlike);
  const measurements = taking.map((rows) => ({ x: measured(x, rows), y: measured(y, rows) }));
  const directed = x.better !== null && y.better !== null;
  const tolerance = { x: toleranceOf(x, taking.flat()), y: toleranceOf(y, taking.flat()) };
  const objectives = {
    x: { metric: x.key, better: x.better ?? "lower", limit: directed ? limits.x : null, tolerance: tolerance.x },
    y: { metric: y.key, better: y.better ?? "lower", limit: directed ? limits.y : null, tolerance: tolerance.y },
  };
  const result = pareto(measurements, objectives);
  const points = [];
  const byIndex = new Map();
  result.points.forEach((point, i) => {
    const runs = taking[i];
    const row = runs[0];
    if (point.standing === "unusable") {
      const problem = measurements[i].x.problem ?? measurements[i].y.problem ?? x.problem(row) ?? y.problem(row);
      apart.push({ row, reason: problem ? `${point.reason}: ${problem}` : point.reason });
      return;
    }
    const drawn = { row, runs, ...measurements[i], ...point, standing: directed ? point.standing : "plain" };
    if (!directed) drawn.onFrontier = false;
    byIndex.set(i, drawn);
    points.push(drawn);
  });
  const differs = x.differsBetweenRuns || y.differsBetweenRuns;
  return {
    points,
    apart,
    single: differs ? points.filter((point) => point.runs.length === 1).length : 0,
    older,
    edited,
    only,
    tolerance,
    directed,
    frontier: directed ? result.frontier.map((i) => byIndex.get(i)) : [],
    knee: directed && result.knee !== null ? byIndex.get(result.knee) : null,
  };
}

export const STANDINGS = {
  certain: "on the frontier",
  possible: "possibly on the frontier",
  dominated: "dominated",
  infeasible: "misses a limit",
  plain: "drawn",
};

// How a point stands, in words.
export function standingOf(point) {
  if (point.standing === "possible")
    return point.onFrontier ? "on the frontier, within the intervals" : STANDINGS.possible;
  return STANDINGS[point.standing];
}

// The chart in words.
export function describe(dataset, view, axes) {
  const { x, y } = axes;
  const { points, frontier, apart, older, edited, knee } = view;
  const runs = (count) => `${formatCount(count)} run${count === 1 ? "" : "s"}`;
  const say = [];
  const unlike = apart.filter((one) => one.unlike).length;
  const useless = apart.length - unlike;
  const aside = [
    older > 0 ? `${runs(older)} measured anew since` : "",
    edited > 0 ? `${formatCount(edited)} edited run${edited === 1 ? "" : "s"}` : "",
    useless > 0 ? `${runs(useless)} without usable values` : "",
    unlike > 0 ? `${formatCount(unlike)} point${unlike === 1 ? "" : "s"} not to be compared with them` : "",
  ];
  const left = aside.filter(Boolean).join(", ").replace(/, ([^,]*)$/, " and $1");
  const drawn = points.reduce((sum, point) => sum + point.runs.length, 0);
  say.push(`${runs(drawn)} drawn${left ? `, ${left} left out` : ""}.`);
  const repeated = points.filter((point) => point.runs.length > 1).length;
  if (repeated > 0) {
    const some = `${formatCount(repeated)} of ${formatCount(points.length)} points ${repeated === 1 ? "stands" : "stand"}`;
    say.push(
      `${repeated === points.length ? "Each point stands" : some} for repeats: their median, ` +
        "with an interval that holds what differs between them.",
    );
  }
  if (view.only.length > 0) {
    const found = view.only.some((text) => text.includes("that a search found"));
    const others = found ? "peak_rate is what searches are compared by" : "choose others in the filter";
    say.push(`Drawn is what is of ${view.only.join(", and ")} only: ${others}.`);
  }
  const noisy = points
    .flatMap((point) => point.runs)
    .filter((row) => dataset.fields.get("grade").get(row) === "noisy").length;
  if (noisy > 0)
    say.push(
      noisy === drawn
        ? "The host was noisy during all of them."
        : `The host was noisy during ${formatCount(noisy)} of them.`,
    );
  const changed = points.flatMap((point) => point.runs).filter((row) => dataset.isEdited(row)).length;
  if (changed > 0)
    say.push(
      `${formatCount(changed)} of them ${changed === 1 ? "was" : "were"} edited since: such numbers are not those that were measured.`,
    );
  if (!view.directed) {
    const unknown = [x, y].filter((metric) => metric.better === null).map((metric) => metric.key);
    const why = [x, y].some((metric) => metric.disputed) ? "The runs disagree" : "Nobody declared";
    say.push(`${why} whether a higher or a lower ${unknown.join(" and ")} is better: there is no frontier.`);
    return say.join(" ");
  }
  const missing = points.filter((point) => point.standing === "infeasible").length;
  if (missing > 0) say.push(`${formatCount(missing)} of them miss${missing === 1 ? "es" : ""} a limit.`);
  if (frontier.length === 0) return say.join(" ");
  const certain = frontier.filter((point) => point.standing === "certain").length;
  const possible = points.filter((point) => point.standing === "possible" && !point.onFrontier).length;
  const are = (count) => (count === 1 ? "is" : "are");
  const certainly = view.single === 0 || certain === 0 ? "certainly" : "certainly as far as intervals tell";
  say.push(
    `${frontier.length} ${are(frontier.length)} on the frontier` +
      (certain === frontier.length ? `, ${certainly}` : `, ${certain === 0 ? "none" : certain} of them ${certainly}`) +
      (possible > 0 ? `; ${possible} more may be, within their intervals.` : "."),
  );
  if (view.single > 0) {
    const some = `${formatCount(view.single)} of ${formatCount(points.length)} points ${are(view.single)} one run`;
    const each = view.single === points.length ? "Each point is one run" : some + (view.single === 1 ? "" : " each");
    say.push(
      `${points.length === 1 ? "It is one run" : each}, whose ` +
        "interval does not hold the differences between runs: reef sweep --repeat 5 measures those.",
    );
  }
  for (const axis of ["x", "y"]) {
    const { key, unit } = axes[axis];
    if (view.tolerance[axis] > 0)
      say.push(`Differences of ${key} up to ${formatValue(view.tolerance[axis], unit)} count as none.`);
  }
  const values = (point) => `${formatValue(point.x.value, x.unit)} and ${formatValue(point.y.value, y.unit)}`;
  const best = (metric) => (metric.better === "lower" ? "Lowest" : "Highest");
  say.push(`${best(x)} ${x.key}: ${dataset.label(frontier[0].row)} (${values(frontier[0])}).`);
  if (frontier.length > 1)
    say.push(`${best(y)} ${y.key}: ${dataset.label(frontier.at(-1).row)} (${values(frontier.at(-1))}).`);
  if (knee) say.push(`The knee is ${dataset.label(knee.row)} (${values(knee)}).`);
  return say.join(" ");
}
