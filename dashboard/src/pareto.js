// Frontier and knee of two objectives, by the definitions of core/bench/pareto.h.

// points: [{x, y}] of {value, lower, upper}; objectives: {x, y} of {metric, better: "lower" | "higher", limit: number | null, tolerance}.
// Returns {points: [{standing, onFrontier, tied, reason}], frontier: [index], knee: index | null}; `frontier` is sorted,
// best in x first.
//
// a dominates b when it is at least as good in both and better in one.
//   certain     not dominated, wherever in the intervals the true values lie
//   possible    not dominated for some choice within the intervals
//   dominated   for every choice
//   infeasible  misses a limit; takes no part
//   unusable    a value is missing or its interval is not around it; takes no part
// With tolerances (differences up to one count as none) the frontier is made of the points that no point of the
// frontier dominates; the header says more. What is not clear is possible.
export function pareto(points, objectives) {
  const both = ["x", "y"];
  const out = points.map((point) => admitted(point, objectives));
  const index = [];
  out.forEach((point, i) => {
    if (point.standing === "dominated") index.push(i);
  });
  const sign = { x: objectives.x.better === "lower" ? 1 : -1, y: objectives.y.better === "lower" ? 1 : -1 };
  const corner = (of) =>
    index.map((i) => {
      const [x, y] = both.map((axis) => sign[axis] * of(points[i][axis], sign[axis] > 0));
      return { x, y };
    });
  const value = corner((at) => at.value);
  const best = corner((at, lowerIsBetter) => (lowerIsBetter ? at.lower : at.upper));
  const worst = corner((at, lowerIsBetter) => (lowerIsBetter ? at.upper : at.lower));
  const tolerance = { x: objectives.x.tolerance ?? 0, y: objectives.y.tolerance ?? 0 };
  const tolerant = tolerance.x > 0 || tolerance.y > 0;
  const { beaten, unsafe, hopeless } = tolerant
    ? beatenWithin(tolerance, value, best, worst)
    : { beaten: beatenBy(value, value), unsafe: beatenBy(worst, best), hopeless: beatenBy(best, worst) };
  const order = [];
  index.forEach((i, k) => {
    out[i].onFrontier = !beaten[k];
    if (!hopeless[k]) out[i].standing = unsafe[k] ? "possible" : "certain";
    if (!beaten[k]) order.push(k);
  });
  order.sort((a, b) => value[a].x - value[b].x || value[a].y - value[b].y || a - b);
  order.forEach((k, at) => {
    if (at === 0 || !same(value[k], value[order[at - 1]])) return;
    out[index[k]].tied = true;
    out[index[order[at - 1]]].tied = true;
  });
  const knee = kneeOf(order.map((k) => value[k]));
  return { points: out, frontier: order.map((k) => index[k]), knee: knee === null ? null : index[order[knee]] };
}

const same = (a, b) => a.x === b.x && a.y === b.y;

// Whether two numbers differ by no more than the tolerance, as core/bench/tolerance.h says it: what decimal numbers lose
// as doubles counts as none.
export function isWithin(a, b, tolerance) {
  if (a === b) return true;
  const distance = Math.abs(a - b);
  if (!(tolerance > 0) || !Number.isFinite(distance)) return false;
  return distance <= tolerance + 4 * Number.EPSILON * Math.max(Math.abs(a), Math.abs(b));
}

const isAbove = (a, b, tolerance) => a > b && !isWithin(a, b, tolerance);

function admitted(point, objectives) {
  const out = { standing: "unusable", onFrontier: false, tied: false, reason: "" };
  for (const axis of ["x", "y"]) {
    const { value, lower, upper } = point[axis];
    const name = objectives[axis].metric;
    if (!Number.isFinite(value)) return { ...out, reason: `${name} is not known` };
    if (!(lower <= value && value <= upper))
      return { ...out, reason: `the interval of ${name} is not around its value` };
  }
  for (const axis of ["x", "y"]) {
    const { limit, better, metric } = objectives[axis];
    if (limit === null || limit === undefined) continue;
    const value = point[axis].value;
    if (better === "lower" ? value > limit : value < limit)
      return { ...out, standing: "infeasible", reason: `${metric} misses its limit` };
  }
  return { ...out, standing: "dominated" };
}

// The smallest y so far with its owner, and the next smallest of another point, so that a point can leave itself out.
class Smallest {
  value = NaN;
  owner = -1;
  second = NaN;

  add(y, index) {
    if (this.owner < 0 || y < this.value) {
      this.second = this.value;
      this.value = y;
      this.owner = index;
    } else if (!(this.second <= y)) {
      this.second = y;
    }
  }

  without(index) {
    return this.owner === index ? this.second : this.value;
  }
}

// For each target: does an attacker of another index dominate it? Both minimised. A sweep by x: (x, y) is beaten by
// whoever comes before x and is at most y, or comes no later than x and is below y.
function beatenBy(targets, attackers) {
  const byX = (points) => points.map((_, i) => i).sort((a, b) => points[a].x - points[b].x);
  const attack = byX(attackers);
  const beaten = new Array(targets.length).fill(false);
  const nearer = new Smallest();
  const asNear = new Smallest();
  let before = 0;
  let upto = 0;
  for (const t of byX(targets)) {
    const { x, y } = targets[t];
    for (; before < attack.length && attackers[attack[before]].x < x; ++before)
      nearer.add(attackers[attack[before]].y, attack[before]);
    for (; upto < attack.length && attackers[attack[upto]].x <= x; ++upto)
      asNear.add(attackers[attack[upto]].y, attack[upto]);
    beaten[t] = nearer.without(t) <= y || asNear.without(t) < y;
  }
  return beaten;
}

// The same with tolerances.
function beatenWithin(tolerance, value, best, worst) {
  const dominates = (a, b) =>
    !isAbove(a.x, b.x, tolerance.x) &&
    !isAbove(a.y, b.y, tolerance.y) &&
    (isAbove(b.x, a.x, tolerance.x) || isAbove(b.y, a.y, tolerance.y));
  // A row dominates only what comes after it in the order of these keys: what has no tolerance first, then the rest in
  // tolerances; what has no end on the good side before all.
  const keyOf = (row) => {
    const exact = [];
    let [endless, sum] = [0, 0];
    for (const axis of ["x", "y"])
      if (tolerance[axis] === 0) exact.push(row[axis]);
      else if (Number.isFinite(row[axis])) sum += row[axis] / tolerance[axis];
      else --endless;
    return [...exact, endless, sum];
  };
  const compare = (a, b) => {
    const at = a.findIndex((part, i) => part !== b[i]);
    return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
  };
  const keys = value.map(keyOf);
  const order = value.map((_, i) => i).sort((a, b) => compare(keys[a], keys[b]) || a - b);
  const front = new Array(value.length).fill(false);
  const kept = [];
  for (const i of order) {
    if (kept.some((j) => dominates(value[j], value[i]))) continue;
    kept.push(i);
    front[i] = true;
  }
  if (value.every((row, i) => same(best[i], worst[i]) && same(row, best[i]))) {
    const beaten = front.map((on) => !on);
    return { beaten, unsafe: beaten, hopeless: beaten };
  }
  const out = outOfAll(tolerance, dominates, best, worst, order);
  const hopeless = front.map((on, i) => !on && out[i]);
  const rivals = [];
  hopeless.forEach((out, i) => {
    if (!out) rivals.push(i);
  });
  return {
    beaten: front.map((on) => !on),
    unsafe: front.map((on, i) => !on || rivals.some((j) => j !== i && dominates(best[j], worst[i]))),
    hopeless,
  };
}

// Rows that are in the kernel of no choice between their best and worst ends, as core/bench/pareto.cpp finds and explains
// them.
function outOfAll(tolerance, dominates, best, worst, order) {
  const out = new Array(order.length).fill(false);
  const guardOf = (j) => {
    const own = worst[j];
    const better = {};
    best.forEach((row, k) => {
      if (k === j || out[k] || !dominates(row, own)) return;
      for (const axis of ["x", "y"]) {
        if (!isAbove(own[axis], row[axis], tolerance[axis])) continue;
        const most = (better[axis] ??= { x: -Infinity, y: -Infinity });
        for (const at of ["x", "y"]) most[at] = Math.max(most[at], Math.min(worst[k][at], own[at] + tolerance[at]));
      }
    });
    for (const [axis, most] of Object.entries(better))
      most[axis] = Math.min(most[axis], below(own[axis] - tolerance[axis]));
    return [own, ...Object.values(better)];
  };
  let grew = true;
  for (let pass = 0; grew && pass < PASSES; ++pass) {
    grew = false;
    const guards = [];
    for (const i of order) {
      if (out[i]) continue;
      out[i] = guards.some((guard) => guard.every((row) => dominates(row, best[i])));
      grew ||= out[i];
      if (!out[i]) guards.push(guardOf(i));
    }
  }
  return out;
}

const PASSES = 4;

// A number below this one by next to nothing.
const below = (number) => number - Math.max(Math.abs(number) * Number.EPSILON, Number.MIN_VALUE);

// Of the sorted frontier: the point nearest to the best of both, each scaled to 0..1; null below 3 different points.
function kneeOf(frontier) {
  const different = frontier.filter((point, i) => i === 0 || !same(point, frontier[i - 1]));
  if (different.length < 3) return null;
  const range = {};
  for (const axis of ["x", "y"]) {
    const values = different.map((point) => point[axis]);
    range[axis] = [Math.min(...values), Math.max(...values)];
  }
  const part = (point, axis) => {
    const [low, high] = range[axis];
    return high > low ? (point[axis] - low) / (high - low) : 0;
  };
  let nearest = Infinity;
  let knee = null;
  frontier.forEach((point, i) => {
    if (i > 0 && same(point, frontier[i - 1])) return;
    const distance = part(point, "x") ** 2 + part(point, "y") ** 2;
    if (distance < nearest) [nearest, knee] = [distance, i];
  });
  return knee;
}
