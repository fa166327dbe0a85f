import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, ExpressionError, nearest } from "../src/expression.js";

const ROWS = [
  {
    engine: "native",
    model: "cnn-m",
    threads: 1,
    latency: 15e-6,
    accuracy: 0.984,
    memory: 4 * 2 ** 20,
    version: "1.0.0",
  },
  {
    engine: "openblas",
    model: "cnn-m",
    threads: 2,
    latency: 7e-6,
    accuracy: 0.984,
    memory: 20 * 2 ** 20,
    version: "1.2.0",
  },
  {
    engine: "opencv",
    model: "mlp-64",
    threads: 4,
    latency: 12e-6,
    accuracy: null,
    memory: 60 * 2 ** 20,
    version: "1.0.0",
  },
];
const UNITS = { latency: "s", memory: "B" };
const FIELDS = new Map(
  Object.keys(ROWS[0]).map((key) => [
    key,
    { get: (row) => ROWS[row][key], numeric: typeof ROWS[0][key] === "number", unit: UNITS[key] ?? "" },
  ]),
);
const textOf = (row) => Object.values(ROWS[row]).join("\n").toLowerCase();

const passing = (source) => ROWS.map((_, row) => row).filter(compile(source, FIELDS, textOf));
const problem = (source) => {
  try {
    compile(source, FIELDS, textOf);
  } catch (error) {
    assert.ok(error instanceof ExpressionError, String(error));
    return `${error.at}: ${error.message}`;
  }
  return assert.fail(`\`${source}\` was accepted`);
};

test("an empty filter lets everything pass", () => {
  assert.deepEqual(passing(""), [0, 1, 2]);
  assert.deepEqual(passing("   "), [0, 1, 2]);
});

test("fields are compared as what they are", () => {
  assert.deepEqual(passing("engine == native"), [0]);
  assert.deepEqual(passing("engine = 'native'"), [0]);
  assert.deepEqual(passing("engine != native"), [1, 2]);
  assert.deepEqual(passing("threads > 1"), [1, 2]);
  assert.deepEqual(passing("threads<=2"), [0, 1]);
  assert.deepEqual(passing("version >= 1.1.0"), [1]);
  assert.deepEqual(passing("engine ~ OPEN"), [1, 2]);
  assert.deepEqual(passing("model in (mlp-64, cnn-l)"), [2]);
  assert.deepEqual(passing("threads in (1,4)"), [0, 2]);
  assert.deepEqual(passing("threads not in (1,4)"), [1]);
  assert.deepEqual(passing("engine not in (a, b)"), [0, 1, 2]);
});

test("numbers may have a unit that fits the field", () => {
  assert.deepEqual(passing("latency < 10us"), [1]);
  assert.deepEqual(passing("latency < 0.01ms"), [1]);
  assert.deepEqual(passing("memory > 10MiB"), [1, 2]);
  assert.deepEqual(passing("accuracy >= 98%"), [0, 1]);
  assert.equal(problem("latency < 5MiB"), "10: `5MiB` does not fit a value in s");
  assert.equal(problem("threads < 5us"), "10: `5us` does not fit a value in plain numbers");
  assert.equal(problem("threads == many"), "11: expected a number, got `many`");
});

test("and binds tighter than or, not tighter than both, and neighbours are joined by and", () => {
  assert.deepEqual(passing("engine == native or engine == opencv and threads == 1"), [0]);
  assert.deepEqual(passing("(engine == native or engine == opencv) and threads == 4"), [2]);
  assert.deepEqual(passing("not engine == native and threads < 4"), [1]);
  assert.deepEqual(passing("not not engine == native"), [0]);
  assert.deepEqual(passing("cnn-m threads == 2"), [1]);
  assert.deepEqual(passing("CNN NOT native"), [1]);
});

test("words are looked for in all texts", () => {
  assert.deepEqual(passing("open"), [1, 2]);
  assert.deepEqual(passing("Open cnn"), [1]);
  assert.deepEqual(passing('"and"'), []);
  assert.deepEqual(passing("constructor"), []);
});

test("what a run lacks is unknown, and unknown does not pass", () => {
  for (const condition of ["== 0.5", "!= 0.5", "< 1", ">= 0", "~ 0", "in (1)", "not in (1)"])
    for (const negation of ["", "not "])
      assert.ok(!passing(`${negation}accuracy ${condition}`).includes(2), condition);
  assert.deepEqual(passing("accuracy > 0 or engine == opencv"), [0, 1, 2]);
  assert.deepEqual(passing("not (accuracy > 0 and engine == native)"), [1, 2]);
  assert.deepEqual(passing("not (accuracy > 0.99 or engine == native)"), [1]);
});

test("what is wrong is said with its place", () => {
  assert.equal(problem("engin == native"), "0: there is no field `engin`; did you mean `engine`?");
  assert.equal(problem("colour == red"), "0: there is no field `colour`");
  assert.equal(problem("__proto__ == 1"), "0: there is no field `__proto__`");
  assert.equal(problem("threads >"), "9: a value is missing at the end");
  assert.equal(problem("threads > )"), "10: expected a value, got `)`");
  assert.equal(problem("(threads > 1"), "0: a `(` without its `)`");
  assert.equal(problem("threads > 1)"), "11: a `)` without its `(`");
  assert.equal(problem("and threads > 1"), "0: expected a field or a word, got `and`");
  assert.equal(problem("engine == native or"), "19: something is missing at the end");
  assert.equal(problem("engine == 'native"), "10: no closing '");
  assert.equal(problem("engine ! native"), "7: `!` is no operator; did you mean `!=`?");
  assert.equal(problem("engine in native"), "10: expected `(` after `in`");
  assert.equal(problem("a, b"), "1: did not expect `,` here");
});

test("ten thousand parentheses, nots and words end soon and without a crash", () => {
  assert.match(problem("(".repeat(10_000)), /more than 64 parentheses/);
  assert.match(problem("x ".repeat(10_000)), /longer than 10000 characters/);
  assert.deepEqual(passing("not ".repeat(2_400) + "native"), [0]);
  assert.deepEqual(passing("(".repeat(64) + "native" + ")".repeat(64)), [0]);
  assert.deepEqual(passing("native or ".repeat(900) + "opencv"), [0, 2]);
  assert.deepEqual(passing("(native) ".repeat(200)), [0]);
});

test("nothing in a filter is run", () => {
  globalThis.touched = false;
  for (const source of ["globalThis.touched=true", "engine == (touched = true)", "${touched}", "`touched`"]) {
    try {
      passing(source);
    } catch (error) {
      assert.ok(error instanceof ExpressionError);
    }
  }
  assert.equal(globalThis.touched, false);
});

test("the nearest name is at most a third away", () => {
  assert.equal(nearest("latancy", ["latency", "accuracy"]), "latency");
  assert.equal(nearest("colour", ["latency", "accuracy"]), null);
});
