// Frontier and knee of two objectives, by the definitions of core/bench/pareto.h.

// points: [{x, y}] of {value, lower, upper}; objectives: {x, y} of {metric, better: "lower" | "higher", limit: number | null}.
// Returns {points: [{standing, onFrontier, tied, reason}], frontier: [index], knee: index | null}; `frontier` is sorted,
// best in x first.
//
// a dominates b when it is at least as good in both and better in one.
//   certain     not dominated, wherever in the intervals the true values lie
//   possible    not dominated for some choice within the intervals
//   dominated   for every choice
//   infeasible  misses a limit; takes no part
//   unusable    a value is missing or its interval is not around it; takes no part
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
  const beaten = beatenBy(value, value);
  const unsafe = beatenBy(worst, best);
  const hopeless = beatenBy(best, worst);
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
