import assert from "node:assert/strict";
import { test } from "node:test";
import { formatInterval, formatTick, formatTimes, formatValue, parseQuantity } from "../src/units.js";

test("values read as `reef` prints them", () => {
  assert.equal(formatValue(4.62e-6, "s"), "4.62 µs");
  assert.equal(formatValue(0.0123, "s"), "12.3 ms");
  assert.equal(formatValue(0, "s"), "0 s");
  assert.equal(formatValue(3700, "s"), "1 h 1 min");
  assert.equal(formatValue(14761, "B"), "14.4 KiB");
  assert.equal(formatValue(0.9840000001, "1"), "0.984");
  assert.equal(formatValue(141801.858, "1/s"), "141802 1/s");
  assert.equal(formatValue(1e308, "x"), "1.000e+308 x");
  assert.equal(formatValue(null, "s"), "–");
});

test("an interval says which end nobody knows", () => {
  assert.equal(formatInterval(1e-6, 2e-6, "s"), "1.00 … 2.00 µs");
  assert.equal(formatInterval(9e-7, 2e-6, "s"), "900 ns … 2.00 µs");
  assert.equal(formatInterval(0.97, 0.98, "1"), "0.97 … 0.98");
  assert.equal(formatInterval(3590, 3660, "s"), "59 min 50 s … 1 h 1 min");
  assert.equal(formatInterval(1e-6, null, "s"), "1.00 µs … unknown");
  assert.equal(formatInterval(null, undefined, "s"), "");
});

test("two times are told apart by seconds where minutes do not", () => {
  const at = (time) => `2026-11-29T01:${time}Z`;
  assert.deepEqual(formatTimes(at("12:05"), at("14:00")), ["29 Nov 2026, 01:12 UTC", "29 Nov 2026, 01:14 UTC"]);
  assert.deepEqual(formatTimes(at("12:05"), at("12:40")), ["29 Nov 2026, 01:12:05 UTC", "29 Nov 2026, 01:12:40 UTC"]);
  assert.deepEqual(formatTimes(at("12:05"), at("12:05")), ["29 Nov 2026, 01:12 UTC"]);
});

test("ticks have no digit too many", () => {
  assert.equal(formatTick(5e-6, "s"), "5 µs");
  assert.equal(formatTick(0.30000000000000004, "1"), "0.3");
  assert.equal(formatTick(20000, "1/s"), "20 k");
  assert.equal(formatTick(2 ** 20, "B"), "1 MiB");
});

test("quantities are read with their unit", () => {
  assert.deepEqual(parseQuantity("5us"), { value: 5 * 1e-6, kind: "s" });
  assert.deepEqual(parseQuantity("64 MiB"), { value: 64 * 2 ** 20, kind: "B" });
  assert.deepEqual(parseQuantity("98%"), { value: 0.98, kind: "" });
  assert.deepEqual(parseQuantity("-1.5e3"), { value: -1500, kind: "" });
  for (const text of ["", "us", "1.2.3", "5 parsecs", "0x10", "1e999", "constructor", "5constructor"])
    assert.equal(parseQuantity(text), null, text);
});
