import assert from "node:assert/strict";
import { test } from "node:test";
import { isWithin, pareto } from "../src/pareto.js";

const exactly = (value) => ({ value, lower: value, upper: value });
const BOTH_LOWER = {
  x: { metric: "x", better: "lower", limit: null },
  y: { metric: "y", better: "lower", limit: null },
};
const exact = (pairs, objectives = BOTH_LOWER) =>
  pareto(
    pairs.map(([x, y]) => ({ x: exactly(x), y: exactly(y) })),
    objectives,
  );
const standings = (result) => result.points.map((point) => point.standing);

test("the known answer: (10,4) (20,3.5) (30,4) (40,1) keep 1, 2 and 4", () => {
  const result = exact([
    [10, 4],
    [20, 3.5],
    [30, 4],
    [40, 1],
  ]);
  assert.deepEqual(standings(result), ["certain", "certain", "dominated", "certain"]);
  assert.deepEqual(result.frontier, [0, 1, 3]);
});

test("(-2,1) beats (-1,1)", () => {
  assert.deepEqual(
    standings(
      exact([
        [-1, 1],
        [-2, 1],
      ]),
    ),
    ["dominated", "certain"],
  );
});

test("directions turn the order round", () => {
  const objectives = { x: { metric: "x", better: "lower" }, y: { metric: "y", better: "higher" } };
  assert.deepEqual(
    exact(
      [
        [1, 0.9],
        [2, 0.8],
        [3, 0.95],
      ],
      objectives,
    ).frontier,
    [0, 2],
  );
});

test("ties are all kept and marked", () => {
  const result = exact([
    [1, 1],
    [1, 1],
    [2, 0],
    [1, 2],
  ]);
  assert.deepEqual(result.frontier, [0, 1, 2]);
  assert.deepEqual(
    result.points.map((point) => point.tied),
    [true, true, false, false],
  );
});

test("a point a little better with wide intervals displaces nobody", () => {
  const noisy = (value) => ({ value, lower: value * 0.97, upper: value * 1.03 });
  const result = pareto(
    [
      { x: noisy(1), y: exactly(1) },
      { x: noisy(1.004), y: exactly(1) },
      { x: noisy(2), y: exactly(1) },
    ],
    BOTH_LOWER,
  );
  assert.deepEqual(standings(result), ["possible", "possible", "dominated"]);
  assert.deepEqual(
    result.points.map((point) => point.onFrontier),
    [true, false, false],
  );
});

test("missing, infinite and impossible values take no part and say why", () => {
  const result = pareto(
    [
      { x: exactly(NaN), y: exactly(1) },
      { x: exactly(1), y: exactly(Infinity) },
      { x: { value: 1, lower: 5, upper: -5 }, y: exactly(1) },
      { x: exactly(9), y: exactly(9) },
    ],
    BOTH_LOWER,
  );
  assert.deepEqual(standings(result), ["unusable", "unusable", "unusable", "certain"]);
  assert.deepEqual(result.points.map((point) => point.reason).slice(0, 3), [
    "x is not known",
    "y is not known",
    "the interval of x is not around its value",
  ]);
});

test("what misses a limit takes no part", () => {
  const objectives = {
    x: { metric: "x", better: "lower", limit: 5 },
    y: { metric: "y", better: "higher", limit: 0.5 },
  };
  const result = exact(
    [
      [6, 0.9],
      [1, 0.4],
      [5, 0.5],
    ],
    objectives,
  );
  assert.deepEqual(standings(result), ["infeasible", "infeasible", "certain"]);
});

test("the knee is nearest to the best of both, and needs three different points", () => {
  assert.equal(
    exact([
      [0, 10],
      [2, 2],
      [10, 0],
    ]).knee,
    1,
  );
  assert.equal(
    exact([
      [0, 10],
      [10, 0],
      [10, 0],
    ]).knee,
    null,
  );
  assert.equal(exact([]).knee, null);
  // The first of two that are as near.
  assert.equal(
    exact([
      [0, 10],
      [2, 5],
      [5, 2],
      [10, 0],
    ]).knee,
    1,
  );
});

test("the sweep agrees with the definition on random points with ties and intervals", () => {
  let seed = 1;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const dominates = (a, b) => a[0] <= b[0] && a[1] <= b[1] && (a[0] < b[0] || a[1] < b[1]);
  for (let round = 0; round < 300; ++round) {
    const points = Array.from({ length: 1 + random(24) }, () => {
      const [x, y] = [random(8), random(8)];
      const wide = round % 2 === 1;
      return {
        x: { value: x, lower: x - (wide ? random(3) : 0), upper: x + (wide ? random(3) : 0) },
        y: { value: y, lower: y - (wide ? random(2) : 0), upper: y },
      };
    });
    const at = (end) => points.map((point) => [point.x[end], point.y[end]]);
    const beaten = (i, targets, attackers) =>
      attackers.some((attacker, j) => j !== i && dominates(attacker, targets[i]));
    const [value, best, worst] = [at("value"), at("lower"), at("upper")];
    const wanted = points.map((_, i) => [
      beaten(i, best, worst) ? "dominated" : beaten(i, worst, best) ? "possible" : "certain",
      !beaten(i, value, value),
    ]);
    const result = pareto(points, BOTH_LOWER);
    assert.deepEqual(
      result.points.map((point) => [point.standing, point.onFrontier]),
      wanted,
    );
  }
});

test("a difference within the tolerance neither beats a point nor saves it", () => {
  const objectives = { x: { metric: "x", better: "lower" }, y: { metric: "y", better: "higher", tolerance: 0.005 } };
  const result = exact(
    [
      [2, 0.981],
      [1, 0.98],
      [1, 0.977],
      [3, 0.99],
    ],
    objectives,
  );
  assert.deepEqual(standings(result), ["dominated", "certain", "certain", "certain"]);
  assert.deepEqual(result.frontier, [1, 2, 3]);
});

test("with tolerances there is a frontier, and what is not on it is dominated by a point on it", () => {
  let seed = 1;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 1000; ++round) {
    const tolerance = { x: random(3), y: random(3) };
    const objectives = {
      x: { ...BOTH_LOWER.x, tolerance: tolerance.x },
      y: { ...BOTH_LOWER.y, tolerance: tolerance.y },
    };
    const points = Array.from({ length: 1 + random(24) }, () => {
      const [x, y] = [random(8), random(8)];
      return {
        x: { value: x, lower: x - random(3), upper: x + random(3) },
        y: { value: y, lower: y - random(2), upper: y },
      };
    });
    const beats = (i, of, j, against) => {
      const gains = ["x", "y"].map((axis) => [points[j][axis][against] - points[i][axis][of], tolerance[axis]]);
      return i !== j && gains.every(([gain, least]) => gain >= -least) && gains.some(([gain, least]) => gain > least);
    };
    const result = pareto(points, objectives);
    assert.ok(result.frontier.length > 0);
    const rivals = [...points.keys()].filter((i) => result.points[i].standing !== "dominated");
    result.points.forEach(({ onFrontier, standing }, i) => {
      assert.equal(onFrontier, !result.frontier.some((j) => beats(j, "value", i, "value")));
      if (standing === "dominated") {
        assert.ok(!onFrontier);
        return;
      }
      const safe = !rivals.some((j) => beats(j, "lower", i, "upper"));
      assert.equal(standing, onFrontier && safe ? "certain" : "possible");
    });
  }
});

test("dominated and certain are true of every choice within the intervals", () => {
  let seed = 1;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const count = { dominated: 0, possible: 0, certain: 0, never: 0 };
  for (let round = 0; round < 300; ++round) {
    const tolerance = { x: random(3), y: 1 + random(2) };
    const objectives = {
      x: { ...BOTH_LOWER.x, tolerance: tolerance.x },
      y: { ...BOTH_LOWER.y, tolerance: tolerance.y },
    };
    const reach = () => (random(2) === 0 ? 0 : random(4));
    const points = Array.from({ length: 2 + random(8) }, () => {
      const [x, y] = [random(10), random(10)];
      return { x: { value: x, lower: x - reach(), upper: x + reach() }, y: { value: y, lower: y, upper: y + reach() } };
    });
    const standing = standings(pareto(points, objectives));
    const seen = points.map(() => [false, false]); // off, on a frontier
    for (let choice = 0; choice < 100; ++choice) {
      const within = ({ value, lower, upper }) =>
        [lower, upper, value, lower + ((upper - lower) * random(9)) / 8][choice === 0 ? 2 : random(4)];
      const exactly_ = points.map(({ x, y }) => ({ x: exactly(within(x)), y: exactly(within(y)) }));
      pareto(exactly_, objectives).points.forEach(({ onFrontier }, i) => (seen[i][Number(onFrontier)] = true));
    }
    standing.forEach((name, i) => {
      const [off, on] = seen[i];
      if (name === "dominated") assert.ok(!on);
      if (name === "certain") assert.ok(!off);
      ++count[name];
      if (!on) ++count.never;
    });
  }
  assert.ok(count.certain > 0 && count.possible > 0);
  assert.ok(count.dominated > 0.9 * count.never, JSON.stringify(count));
});

test("a difference of just the tolerance is within it, whatever doubles make of it", () => {
  for (let k = 0; k <= 990; ++k) {
    assert(isWithin(k / 1000, (k + 10) / 1000, 0.01));
    assert(!isWithin(k / 1000, (k + 10.001) / 1000, 0.01));
  }
  assert(!isWithin(0.3, 0.1 + 0.2, 0));
});
