import assert from "node:assert/strict";
import { test } from "node:test";
import { levels, median } from "../src/steps.js";

// Normal numbers, always the same (Box and Muller over Lehmer's generator).
let seed = 1;
const uniform = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const noisy = (level, count, sd = 0.01) => Array.from({ length: count }, () => level * Math.exp(sd * normal()));

test("a series without a step has one level", () => {
  assert.deepEqual(
    levels(noisy(5, 30)).map(({ from, to }) => [from, to]),
    [[0, 30]],
  );
  assert.deepEqual(
    levels([3, 3, 3, 3]).map(({ level }) => level),
    [3],
  );
  assert.deepEqual(levels([]), []);
  assert.deepEqual(levels([1]).length, 1);
});

test("a step of 12 % is found where it is", () => {
  const found = levels([...noisy(5, 20), ...noisy(5.6, 15)]);
  assert.deepEqual(
    found.map(({ from, to }) => [from, to]),
    [
      [0, 20],
      [20, 35],
    ],
  );
  assert.ok(Math.abs(found[1].level / found[0].level - 1.12) < 0.01);
});

test("noise alone is seldom cut, and a step of four standard deviations is seldom missed", () => {
  for (const n of [6, 10, 20, 60]) {
    const cut = Array.from({ length: 400 }, () => levels(noisy(1, n, 0.03)).length > 1).filter(Boolean).length;
    assert.ok(cut < 24, `${cut} of 400 series of ${n} values`);
  }
  const found = Array.from(
    { length: 400 },
    () => levels([...noisy(1, 10, 0.03), ...noisy(1.12, 10, 0.03)]).length > 1,
  ).filter(Boolean).length;
  assert.ok(found > 370, `${found} of 400`);
});

test("one outlier is no step", () => {
  const values = noisy(5, 30);
  values[14] = 5.15;
  assert.equal(levels(values).length, 1);
});

test("the median of two is between them", () => {
  assert.equal(median([3, 1]), 2);
  assert.equal(median([3, 1, 2]), 2);
});
