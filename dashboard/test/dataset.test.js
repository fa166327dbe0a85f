import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { test } from "node:test";
import { compareRuns, headline } from "../src/comparison.js";
import { Dataset, unpack } from "../src/dataset.js";
import { describe, frontierOf, measured } from "../src/frontier.js";
import { rivals } from "../src/meaning.js";
import { placeLabels } from "../src/labels.js";
import { State } from "../src/state.js";

const coded = (...values) => {
  const different = [...new Set(values)].filter((value) => value !== null);
  return { values: different, at: values.map((value) => (value === null ? null : different.indexOf(value))) };
};
const same = (value, n) => coded(...Array(n).fill(value));

// Four runs, newest first: the first repeats the third, the last failed.
function example() {
  const n = 4;
  const metric = (name, unit, better, value, more = {}) => ({
    name,
    unit,
    better,
    disputed: false,
    value,
    lower: null,
    upper: null,
    tolerance: null,
    n: null,
    problems: {},
    ...more,
  });
  return {
    format: 1,
    reef_version: "0.1.0",
    made: "2026-01-31T12:00:00Z",
    matching: n,
    problems: [],
    filter: { package: null, action: null, status: null, options: {} },
    runs: {
      id: ["d", "c", "b", "a"],
      started: ["2026-01-04T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"],
      package: same("p", n),
      version: same("1.0.0", n),
      action: same("benchmark", n),
      status: coded("ok", "ok", "ok", "failed"),
      reason: coded(null, null, null, "exit status 1\nmore"),
      scenario: same("offline", n),
      parent: same(null, n),
      replay: same("reef run", n),
    },
    options: { engine: coded("native", "openblas", "native", "openblas"), __proto__x: same("x", n) },
    parameters: { threads: coded(1, 2, 1, null) },
    metrics: [
      metric("latency", "s", "lower", [2e-6, 1e-6, 3e-6, null], {
        depends_on_load: true,
        lower: [1.9e-6, 0.9e-6, 2.9e-6, null],
        upper: [2.1e-6, 1.1e-6, 3.1e-6, null],
        n: coded(1000, 1000, 1000, null),
        drift: [0.01, 0.01, 0.01, null],
      }),
      metric("accuracy", "1", "higher", [0.99, 0.98, 0.99, null], { tolerance: [0.005, 0.005, 0.005, null] }),
      metric("size", "B", null, [1, 2, 1, null]),
    ],
    times: { total: [1, 1, 1, null] },
    latency: { levels: [0, 0.5, 1], unit: "ns", quantiles: [[1000, 1000, 7000], [900, null, 100], null, null] },
    provenance: {
      host: same({ cpu_model: "cpu", os: "linux", arch: "x86_64" }, n),
      conditions: same(null, n),
      lock_sha256: coded("aaaaaaaaaa", "bbbbbbbbbb", "aaaaaaaaaa", null),
      toolchain: same(null, n),
      closure: same(null, n),
      commands: same(null, n),
      inputs: same(null, n),
      libraries: same(null, n),
      reef_version: same("0.1.0", n),
    },
  };
}

const view = (dataset, limits = { x: null, y: null }, every = false) => {
  const axes = { x: dataset.metrics.get("latency"), y: dataset.metrics.get("accuracy") };
  return { axes, result: frontierOf(dataset, [0, 1, 2, 3], axes, limits, every) };
};

test("the data comes out of gzip and base64 as it went in", async () => {
  const document = { text: "<img src=x> \u202e \u{1f41a}", __proto__: null };
  assert.deepEqual(await unpack(gzipSync(JSON.stringify(document)).toString("base64") + "\n"), {
    text: document.text,
  });
});

test("a newer format is refused by its number", () => {
  assert.throws(() => new Dataset({ ...example(), format: 2 }), /has format 2/);
});

test("quantiles are sums of differences, unknown ones left out", () => {
  const dataset = new Dataset(example());
  assert.deepEqual(
    dataset.quantiles(0).map(([p, value]) => [p, Math.round(value * 1e9)]),
    [
      [0, 1000],
      [0.5, 2000],
      [1, 9000],
    ],
  );
  assert.deepEqual(
    dataset.quantiles(1).map(([p, value]) => [p, Math.round(value * 1e9)]),
    [
      [0, 900],
      [1, 1000],
    ],
  );
  assert.deepEqual(dataset.quantiles(2), []);
});

test("each benchmarked step of a workflow has its own quantiles", () => {
  const document = example();
  document.latency.quantiles[0] = null;
  document.latency.steps = {
    bulk: [[5, 0, 0], null, null, null],
    serve: [[7, 1, 1], null, null, null],
  };
  const dataset = new Dataset(document);
  assert.deepEqual(dataset.measuredSteps(0), ["bulk", "serve"]);
  assert.deepEqual(dataset.measuredSteps(1), []);
  assert.deepEqual(
    dataset.quantiles(0, "serve").map(([, value]) => Math.round(value * 1e9)),
    [7, 8, 9],
  );
  assert.deepEqual(dataset.quantiles(0), []);
});

test("what tells runs apart: values that differ, and values that some lack", () => {
  const dataset = new Dataset(example());
  assert.deepEqual(
    dataset.telling(["option", "parameter"]).map((field) => field.key),
    ["engine", "threads"],
  );
  assert.equal(dataset.label(1), "openblas threads 2");
});

test("runs of another rate are another case, and their latencies are not compared", () => {
  const document = example();
  document.runs.rate = coded(500, 500, 50000, null);
  const dataset = new Dataset(document);
  assert.notEqual(dataset.case(0), dataset.case(2));
  assert.equal(dataset.label(2), "native threads 1 rate 50000");
  const { metrics, differences } = compareRuns(dataset, 0, 2);
  const latency = metrics.find((one) => one.metric.key === "latency");
  assert.deepEqual([latency.verdict, latency.note], ["cannot tell", "another load"]);
  assert.ok(differences.some((one) => one.what === "rate" && one.a === 500 && one.b === 50000));
});

test("what compare would not compare is on no frontier together", () => {
  const document = example();
  document.options.engine = coded("native", "openblas", "opencv", null);
  document.runs.scenario = coded("offline", "server", "offline", null);
  const drawn = (text) => {
    const dataset = new Dataset(document);
    const { axes, result } = view(dataset);
    assert.match(describe(dataset, result, axes), text);
    return [result.points.map((point) => point.row), result.apart.filter((one) => one.unlike).map((one) => one.reason)];
  };
  assert.deepEqual(drawn(/1 point not to be compared with them left out\. Drawn is what is of the scenario offline only/), [
    [0, 2],
    ["of the scenario server, not the scenario offline"],
  ]);
  document.runs.settled = coded(512, null, 1024, null);
  document.runs.settled.values = [{ samples_per_query: 512 }, { samples_per_query: 1024 }];
  assert.deepEqual(drawn(/of the scenario offline, and queries of 512 samples only/)[0], [0]);
  const note = ([metric]) => [metric.verdict, metric.note];
  assert.deepEqual(note(compareRuns(new Dataset(document), 0, 2).metrics), [
    "cannot tell",
    "queries of 512 samples, queries of 1024 samples",
  ]);
  document.provenance.host = coded("one", "two", "two", "two");
  document.provenance.host.values = ["one", "two"].map((name) => ({ cpu_model: name }));
  assert.deepEqual(drawn(/of the processor two, and the scenario server only/)[0], [1]);
});

test("a metric of a step was measured under the load of that step", () => {
  const document = example();
  const [latency] = document.metrics;
  document.metrics.push({ ...latency, name: "bulk.latency" }, { ...latency, name: "serve.latency" });
  const at = (rate) => ({ "bulk.scenario": "offline", "serve.scenario": "server", "serve.rate": rate });
  document.runs.steps = { values: [at(500), at(900)], at: [0, 1, 1, null] };
  const dataset = new Dataset(document);
  const { metrics } = compareRuns(dataset, 0, 1);
  const note = (key) => metrics.find((one) => one.metric.key === key).note;
  assert.equal(note("serve.latency"), "another load");
  assert.notEqual(note("bulk.latency"), "another load");
});

test("two steps that exchange their loads are no rivals of what they were", () => {
  const document = example();
  const [latency] = document.metrics;
  document.metrics.push({ ...latency, name: "a.latency" }, { ...latency, name: "b.latency" });
  const at = (a, b) => ({ "a.scenario": "server", "a.rate": a, "b.scenario": "server", "b.rate": b });
  document.runs.steps = { values: [at(200, 900), at(900, 200)], at: [0, 1, 1, null] };
  const dataset = new Dataset(document);
  const metrics = [...dataset.metrics.values()].filter(({ name }) => name.endsWith(".latency"));
  assert.deepEqual(rivals(dataset, [[0], [1]], metrics).only, ["a.rate 200, b.rate 900"]);
});

test("a point without a value keeps no other load off the frontier", () => {
  const document = example();
  document.metrics[0].value[0] = null;
  document.metrics[0].problems[0] = "50 of the 64 values that it needs";
  document.runs.rate = coded(100, 200, null, null);
  const dataset = new Dataset(document);
  assert.deepEqual(rivals(dataset, [[0], [1]], [dataset.metrics.get("latency")]).kept, [[1]]);
});

test("the frontier takes the newest run of each case that is ok", () => {
  const { axes, result } = view(new Dataset(example()));
  assert.deepEqual(
    result.points.map((point) => [point.row, point.standing]),
    [
      [0, "certain"],
      [1, "certain"],
    ],
  );
  assert.equal(result.older, 1);
  assert.deepEqual(result.apart, [{ row: 3, reason: "failed: exit status 1" }]);
  assert.match(
    describe(new Dataset(example()), result, axes),
    /^2 runs drawn, 1 run measured anew since and 1 run without usable values left out\. 2 are on the frontier, certainly\. Differences of accuracy up to 0\.005 count as none\./,
  );
  assert.equal(view(new Dataset(example()), { x: null, y: null }, true).result.points.length, 3);
  // Of what the harness measures whole runs differ by more than the interval of one says.
  const document = example();
  document.metrics[0].differs_between_runs = true;
  const words = (of) => describe(new Dataset(of), view(new Dataset(of)).result, axes);
  assert.match(
    words(document),
    /2 are on the frontier, certainly as far as intervals tell\. Each point is one run, whose interval does not hold the differences between runs:/,
  );
  document.runs.repeats = coded(0, null, 0, null);
  document.runs.round = coded("4.1", null, "4.0", null);
  assert.match(words(document), /certainly as far as intervals tell\. 1 of 2 points is one run, whose interval/);
});

test("repeats of one sweep are one point: their median, and the hull of their intervals", () => {
  const document = example();
  document.runs.repeats = coded(0, null, 0, null);
  document.runs.round = coded("4.1", null, "4.0", null);
  const dataset = new Dataset(document);
  const { axes, result } = view(dataset);
  assert.deepEqual(
    result.points.map(({ row, runs }) => [row, runs]),
    [
      [0, [0, 2]],
      [1, [1]],
    ],
  );
  const { value, ...interval } = result.points[0].x;
  assert.equal(value.toPrecision(9), "0.00000250000000");
  assert.deepEqual(interval, { lower: 1.9e-6, upper: 3.1e-6, ends: [1.9e-6, 3.1e-6] });
  assert.deepEqual(result.points[0].y, { value: 0.99, lower: 0.99, upper: 0.99, ends: [null, null] });
  assert.equal(result.older, 0);
  assert.match(
    describe(dataset, result, axes),
    /^3 runs drawn, 1 run without usable values left out\. 1 of 2 points stands for repeats: their median, with/,
  );
  assert.equal(view(dataset, { x: null, y: null }, true).result.points.length, 3);
  document.runs.round = coded("4.0", null, "4.0", null); // measured again: the newest counts
  assert.deepEqual(
    view(new Dataset(document)).result.points.map((point) => point.runs),
    [[0], [1]],
  );
});

test("the filter asks a metric of the repeats together, and of each run in the list", () => {
  const document = example();
  document.runs.repeats = coded(0, null, 0, null);
  document.runs.round = coded("4.1", null, "4.0", null);
  const dataset = new Dataset(document);
  const state = new State(dataset);
  const axes = { x: dataset.metrics.get("latency"), y: dataset.metrics.get("accuracy") };
  const found = (filter) => {
    assert.ok(state.setFilter(filter));
    const view = frontierOf(dataset, state.rowsOfPoints(), axes, { x: null, y: null }, false, (rows) =>
      state.passesAsPoint(rows),
    );
    return [view.points.map((point) => [point.runs, Number((point.x.value * 1e6).toPrecision(6))]), view.older];
  };
  assert.deepEqual(found("latency < 2.6us and engine == native"), [[[[0, 2], 2.5]], 0]);
  assert.deepEqual(state.rows(), [0]);
  assert.deepEqual(found("native latency < 2.4us"), [[], 0]);
  assert.deepEqual(found("latency < 1.5us or threads == 1"), [
    [
      [[0, 2], 2.5],
      [[1], 1],
    ],
    0,
  ]);
  assert.deepEqual(found("started > 2026-01-02T12"), [
    [
      [[0], 2],
      [[1], 1],
    ],
    0,
  ]);
});

test("what was edited takes no place of what was measured, and is marked where it is drawn", () => {
  const document = example();
  document.runs.edited = coded(true, true, null, null);
  const dataset = new Dataset(document);
  const { axes, result } = view(dataset);
  assert.deepEqual(
    result.points.map((point) => point.runs),
    [[2], [1]],
  );
  assert.deepEqual([result.older, result.edited], [0, 1]);
  assert.match(
    describe(dataset, result, axes),
    /^2 runs drawn, 1 edited run and 1 run without usable values left out\. 1 of them was edited since/,
  );
  assert.match(headline(compareRuns(dataset, 0, 2)), / A was edited: its numbers are not those that were measured\.$/);
});

test("six repeats and more have the order-statistic interval of their median", () => {
  const exact = (values) => ({ value: (row) => values[row], lower: () => null, upper: () => null });
  const pooled = (n) => measured(exact(Array.from({ length: n }, (_, i) => 10 * (i + 1))), [...Array(n).keys()]);
  const ends = (n) => [pooled(n).value, ...pooled(n).ends];
  assert.deepEqual(ends(5), [30, 10, 50]);
  assert.deepEqual(ends(6), [35, 10, 60]);
  assert.deepEqual(ends(9), [50, 20, 80]);
  assert.deepEqual(ends(100), [505, 400, 610]);
  assert.deepEqual(ends(2000), [10005, 9560, 10450]);
});

test("limits make runs infeasible; a metric without direction has no frontier", () => {
  const dataset = new Dataset(example());
  assert.deepEqual(
    view(dataset, { x: null, y: 0.985 }).result.points.map((point) => point.standing),
    ["certain", "infeasible"],
  );
  const axes = { x: dataset.metrics.get("size"), y: dataset.metrics.get("accuracy") };
  const result = frontierOf(dataset, [0, 1], axes, { x: null, y: null }, false);
  assert.deepEqual(result.frontier, []);
  assert.match(describe(dataset, result, axes), /Nobody declared whether a higher or a lower size is better/);
});

test("two runs are compared by tolerances and intervals, timings on one processor only", () => {
  const dataset = new Dataset(example());
  const compared = compareRuns(dataset, 0, 1);
  assert.deepEqual(
    compared.metrics.map((one) => [one.metric.key, one.verdict]),
    [
      ["latency", "faster"],
      ["accuracy", "worse"],
      ["size", "cannot tell"],
    ],
  );
  assert.deepEqual(
    compared.differences.map((one) => one.what),
    ["engine", "threads", "lock"],
  );
  assert.match(headline(compared), /^B against A: latency faster \(2\.00 µs, 1\.00 µs\); accuracy worse/);
  assert.match(compareRuns(dataset, 0, 3).problem, /B is failed/);
  const other = example();
  other.provenance.host = coded(...["one", "two", "one", "one"].map((name) => JSON.stringify({ cpu_model: name })));
  other.provenance.host.values = other.provenance.host.values.map((value) => JSON.parse(value));
  assert.deepEqual(
    compareRuns(new Dataset(other), 0, 1)
      .metrics.map((one) => [one.metric.key, one.verdict, one.note])
      .slice(0, 2),
    [
      ["latency", "cannot tell", "another processor"],
      ["accuracy", "worse", ""],
    ],
  );
});

test("the address keeps what the reader chose, and nonsense in it is ignored", () => {
  const dataset = new Dataset(example());
  const state = new State(dataset);
  state.setFilter("threads == 1");
  state.toggleFacet("engine", "native", true);
  state.toggleFacet("threads", null, true);
  state.selected = "c";
  state.y = "size";
  const copy = new State(dataset);
  copy.fromHash(`#${state.toHash()}`);
  assert.equal(copy.toHash(), state.toHash());
  assert.deepEqual([copy.y, copy.selected, copy.filter, copy.facets.size], ["size", "c", "threads == 1", 2]);
  const other = new State(dataset);
  other.fromHash("#x=__proto__&colour=nothing&selected=zzz&facet=%7B&facet=%5B%22engine%22%2C%22x%22%5D&filter=((");
  assert.equal(other.x, "latency");
  assert.equal(other.selected, null);
  assert.equal(other.facets.size, 0);
  assert.equal(other.filterProblem.message, "something is missing at the end");
  assert.deepEqual(other.rows(), [0, 1, 2, 3]);
});

test("facets count what all other facets let pass", () => {
  const state = new State(new Dataset(example()));
  state.toggleFacet("engine", "native", true);
  assert.deepEqual(state.rows(), [0, 2]);
  assert.deepEqual(state.rows("engine"), [0, 1, 2, 3]);
  state.toggleFacet("engine", "native", false);
  assert.equal(state.isFiltered, false);
});

test("labels stay inside and off each other", () => {
  const area = { left: 0, right: 400, top: 20, bottom: 300 };
  const [first, second] = placeLabels(
    [
      { x: 200, y: 100, text: "a name" },
      { x: 203, y: 101, text: "another name" },
    ],
    [],
    area,
  );
  assert.ok(Math.abs(first.y - second.y) >= 14 || first.anchor !== second.anchor, "they do not overlap");
  const [edge] = placeLabels([{ x: 390, y: 100, text: "the right edge" }], [], area);
  assert.equal(edge.anchor, "end");
  const crowd = Array.from({ length: 40 }, (_, i) => [205 + i, 93]);
  const [away] = placeLabels([{ x: 200, y: 100, text: "a name" }], crowd, area);
  assert.notEqual(`${away.anchor} ${away.y}`, "start 93");
});

test("a metric that only some repeats have has no value", () => {
  const metric = { value: (row) => [30, null, 10][row], lower: () => null, upper: () => null };
  assert.equal(measured(metric, [0, 1, 2]).problem, "2 of 3 runs know it");
  assert(Number.isNaN(measured(metric, [0, 1, 2]).value));
  assert.equal(measured(metric, [0, 2]).value, 20);
});
