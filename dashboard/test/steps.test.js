import assert from "node:assert/strict";
import { test } from "node:test";
import { levelsOf, median } from "../src/steps.js";

// Normal numbers, always the same (Box and Muller over Lehmer's generator).
let seed = 1;
const uniform = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const noisy = (level, count, sd) => Array.from({ length: count }, () => level * Math.exp(sd * normal()));
const begins = (values) => levelsOf(values).map(({ begin }) => begin);

test("a history without a step is one level", () => {
  assert.deepEqual(begins(noisy(5, 100, 0.02)), [0]);
  assert.deepEqual(levelsOf([]), []);
  assert.deepEqual(begins([1]), [0]);
  assert.deepEqual(begins([1, 2]), [0]);
  assert.deepEqual(levelsOf(Array(50).fill(3)), [{ begin: 0, end: 50, median: 3, ratio: 1 }]);
});

test("steps are found where they are, up and down", () => {
  const levels = levelsOf([...noisy(1, 40, 0.02), ...noisy(1.15, 30, 0.02), ...noisy(1.05, 50, 0.02)]);
  assert.deepEqual(
    levels.map(({ begin }) => begin),
    [0, 40, 70],
  );
  assert.ok(Math.abs(levels[1].ratio - 1.15) < 0.02);
  assert.ok(Math.abs(levels[2].ratio - 1.05 / 1.15) < 0.02);
});

test("one bad run is an outlier, not a step", () => {
  const values = noisy(1, 60, 0.01);
  values[20] = 7;
  values[41] = 9;
  assert.deepEqual(begins(values), [0]);
});

test("a step within 3 % is none", () => {
  assert.deepEqual(begins([...Array(20).fill(1), ...Array(20).fill(1.02)]), [0]);
  assert.deepEqual(begins([...Array(20).fill(1), ...Array(20).fill(1.05)]), [0, 20]);
});

test("noise alone makes hardly any step", () => {
  const wrong = Array.from({ length: 200 }, () => begins(noisy(1, 50, 0.1)).length > 1).filter(Boolean).length;
  assert.ok(wrong <= 4, `${wrong} of 200`);
});

test("a long history is looked at from its newest end", () => {
  assert.deepEqual(begins([...noisy(1, 2300, 0.01), ...noisy(1.2, 200, 0.01)]), [0, 2300]);
});

test("the fit is the best there is", () => {
  const cost = (part) => part.reduce((sum, value) => sum + Math.abs(value - median(part)), 0);
  for (let round = 0; round < 40; ++round) {
    const logs = Array.from({ length: 9 }, (_, i) => Math.round(8 * (uniform() + (i > 4 ? 2 : 0))) / 4);
    const differences = logs.slice(1).map((value, i) => Math.abs(value - logs[i]));
    const price = 3 * Math.log(10) * Math.max(1e-4, 0.836 * median(differences));
    const fits = [
      [[0, 9]],
      ...[3, 4, 5, 6].map((cut) => [
        [0, cut],
        [cut, 9],
      ]),
      [
        [0, 3],
        [3, 6],
        [6, 9],
      ],
    ];
    const costs = fits.map((fit) => fit.reduce((sum, [from, to]) => sum + cost(logs.slice(from, to)) + price, 0));
    const found = levelsOf(logs.map(Math.exp)).map(({ begin, end }) => [begin, end]);
    const merged = fits[costs.indexOf(Math.min(...costs))].length === 1 ? [[0, 9]] : null;
    const total = found.reduce((sum, [from, to]) => sum + cost(logs.slice(from, to)) + price, 0);
    if (merged) assert.deepEqual(found, merged);
    else assert.ok(total <= Math.min(...costs) + 1e-9 || found.length === 1, `${logs}: ${JSON.stringify(found)}`);
  }
});

test("the median of two is between them", () => {
  assert.equal(median([3, 1]), 2);
  assert.equal(median([3, 1, 2]), 2);
});
