import assert from "node:assert/strict";
import { test } from "node:test";
import { compareIntervals, compareRuns, erfc } from "../src/comparison.js";
import { Dataset } from "../src/dataset.js";

const none = { values: [], at: [] };
const everywhere = (value, n) => ({ values: [value], at: Array(n).fill(0) });

// runs: for each an object of {latency: [value, lower, upper, n, drift], ...} in microseconds, or of {value, tolerance, better}.
function datasetOf(...runs) {
  const n = runs.length;
  const names = [...new Set(runs.flatMap(Object.keys))];
  const columns = ["value", "lower", "upper", "n", "drift", "tolerance", "better"];
  const metrics = names.map((name) => {
    const of = runs.map(({ [name]: one }) =>
      Array.isArray(one) ? { value: one[0], lower: one[1], upper: one[2], n: one[3], drift: one[4], better: "lower" } : one,
    );
    const column = Object.fromEntries(columns.map((key) => [key, of.map((one) => one?.[key] ?? null)]));
    const coded = (values) => ({ values, at: values.map((value, at) => (value === null ? null : at)) });
    const more = { better: "lower", n: coded(column.n), directions: coded(column.better), problems: {} };
    return { name, unit: Array.isArray(runs[0][name]) ? "s" : "1", disputed: false, ...column, ...more };
  });
  const all = (value) => everywhere(value, n);
  return new Dataset({
    format: 1,
    runs: { id: runs.map((_, i) => `r${i}`), started: runs, package: all("p"), action: all("benchmark"), status: all("ok") },
    options: {},
    parameters: {},
    metrics,
    latency: { levels: [], quantiles: [] },
    provenance: { host: none, conditions: none, toolchain: none, closure: none, libraries: none, lock_sha256: none },
  });
}

const verdicts = (a, b) =>
  Object.fromEntries(compareRuns(datasetOf(a, b), 0, 1).metrics.map((one) => [one.metric.key, [one.verdict, one.note]]));

const A = {
  latency: [1, 0.99, 1.01, 5000, 0],
  "latency.p90": [2, 1.9, 2.1, 5000, 0],
  "latency.p99": [3, 2.7, 3.3, 5000, 0],
  "latency.p999": [9, 7, 11, 5000, 0],
};
const B = {
  latency: [1.1, 1.09, 1.11, 5000, 0],
  "latency.p90": [2.24, 2.15, 2.35, 5000, 0],
  "latency.p99": [2, 1.8, 2.2, 5000, 0],
  "latency.p999": [9.1, 8, 10, 5000, 0],
};
const C = {
  latency: [1, 0.999, 1.001, 5000, 0],
  "latency.p90": [2.05, 1.9, 2.2, 6, 0],
  "latency.p99": [3.5, 3.44, 3.6, 9, 0],
  "latency.p999": [9, 8, 10, 700, 0],
};

test("intervals and chances are those of core/bench/comparison.cpp", () => {
  const one = ([value, lower, upper, n, drift]) => ({ value, lower, upper, n, drift });
  // What `reef compare --json` printed of records with these numbers, before Holm; the last has samples that drift so much.
  for (const [a, b, lower, upper, side, p] of [
    [A.latency, B.latency, 1.079207920792079, 1.121212121212121, "above", 3.9667820280045304e-18 / 4],
    [A["latency.p90"], B["latency.p90"], 1.023809523809524, 1.2368421052631577, null, 0.044946704620976434 / 2],
    [A["latency.p99"], B["latency.p99"], 0.5454545454545454, 0.8148148148148149, "below", 4.321409711152449e-6 / 3],
    [A["latency.p999"], B["latency.p999"], 0.7272727272727273, 1.4285714285714286, null, 0.8876898993808394],
    [A.latency, C.latency, 0.9891089108910891, 1.011111111111111, "same", 2.0138472761602103e-11 / 4],
    [A["latency.p90"], C["latency.p90"], 0.9047619047619049, 1.1578947368421053, null, 1],
    [A["latency.p99"], C["latency.p99"], 1.0424242424242425, 1.3333333333333333, "above", 0.10297008389713833 / 3],
    [
      [...A.latency.slice(0, 4), 0.028987824956180738],
      B.latency,
      1.0097760489579204,
      1.1982901419051148,
      null,
      0.04787804844229956,
    ],
  ]) {
    const seen = compareIntervals(one(a), one(b));
    assert.equal(seen.side, side);
    for (const [value, wanted] of [
      [seen.lower, lower],
      [seen.upper, upper],
      [seen.p, p],
    ])
      assert.ok(Math.abs(value - wanted) <= 1e-9 * wanted, `${value} is ${wanted}`);
  }
  assert.equal(compareIntervals(one([-1, 2, 3, 100, 0]), one(B.latency)), null);
});

test("the complementary error function of the tables", () => {
  for (const [x, wanted] of [
    [0, 1],
    [0.5, 0.4795001221869535],
    [1.9999, 0.004679802092970608],
    [2, 0.004677734981047266],
    [3, 2.209049699858544e-5],
    [6, 2.1519736712498913e-17],
  ])
    assert.ok(Math.abs(erfc(x) - wanted) < 1e-9 * wanted, `erfc(${x}) is ${erfc(x)}`);
});

const changed = (list, at, value) => list.map((each, i) => (i === at ? value : each));

test("verdicts are those of `reef compare`, corrected for being many", () => {
  assert.deepEqual(
    Object.entries(verdicts(A, B)).map(([name, [verdict]]) => [name, verdict]),
    [
      ["latency", "slower"],
      ["latency.p90", "cannot tell"],
      ["latency.p99", "faster"],
      ["latency.p999", "cannot tell"],
    ],
  );
  assert.deepEqual(
    Object.values(verdicts(A, C)).map(([verdict]) => verdict),
    ["same", "cannot tell", "cannot tell", "cannot tell"],
  );
  assert.match(verdicts(A, C)["latency.p99"][1], /clear alone, not among 4 metrics/);
  // Twelve values decide it when they are all that there is to decide.
  const only = (run, n) => ({ "latency.p99": changed(run["latency.p99"], 3, n) });
  assert.equal(verdicts(only(A, 12), only(C, 12))["latency.p99"][0], "slower");
});

test("runs whose tenths differ are not told apart; unread samples tell nothing", () => {
  const drifting = (run, drift) => ({ latency: changed(run.latency, 4, drift) });
  assert.equal(verdicts(drifting(A, 0.01), drifting(B, 0.01)).latency[0], "slower");
  assert.equal(verdicts(drifting(A, 0.03), drifting(B, 0.01)).latency[0], "cannot tell");
  assert.deepEqual(verdicts(drifting(A, null), B).latency, ["cannot tell", "samples of too many runs: not all were read"]);
});

test("one number a run is judged by its tolerance, in the direction that B declares", () => {
  const number = (value, tolerance, better = "higher") => ({ score: { value, tolerance, better } });
  const verdict = (a, b) => verdicts(a, b).score[0];
  assert.equal(verdict(number(1), number(1)), "same");
  assert.equal(verdict(number(1), number(1.0000001)), "cannot tell");
  assert.equal(verdict(number(1, 0.1), number(1.1)), "same");
  assert.equal(verdict(number(1, 0.1), number(1.2)), "better");
  assert.equal(verdict(number(1, 0.1, "lower"), number(1.2, 0.1, null)), "different");
  assert.equal(verdict(number(1, 0.1, null), number(1.2, null, "lower")), "worse");
});
