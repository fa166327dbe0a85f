// Values as `reef` prints them, and values as people type them.

const DURATIONS = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };
const SIZES = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const SIZE_UNITS = new Set(["B", "bytes"]);

// Three significant digits without an exponent.
function threeDigits(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

export function formatSeconds(seconds) {
  const size = Math.abs(seconds);
  if (size === 0) return "0 s";
  if (size < 999.5e-9) return `${threeDigits(seconds * 1e9)} ns`;
  if (size < 999.5e-6) return `${threeDigits(seconds * 1e6)} µs`;
  if (size < 999.5e-3) return `${threeDigits(seconds * 1e3)} ms`;
  if (size < 59.95) return `${threeDigits(seconds)} s`;
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.round(size);
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${sign}${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function formatBytes(bytes) {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  const names = ["KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  let value = bytes / 1024;
  for (; value >= 1023.5 && unit + 1 < names.length; ++unit) value /= 1024;
  return `${threeDigits(value)} ${names[unit]}`;
}

// Five significant digits, whole numbers from 10,000 on; no exponent within 1e-4 .. 1e15.
function formatNumber(value) {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(3);
  return size >= 1e4 ? value.toFixed(0) : String(Number(value.toPrecision(5)));
}

// "4.62 µs", "12.3 MiB", "0.98", "123456 1/s"; "–" when it is not known.
export function formatValue(value, unit) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (unit === "s") return formatSeconds(value);
  if (SIZE_UNITS.has(unit) && value >= 0) return formatBytes(value);
  return unit && unit !== "1" ? `${formatNumber(value)} ${unit}` : formatNumber(value);
}

// The same for the ticks of an axis, where no digit may be one too many.
export function formatTick(value, unit) {
  if (value === 0) return unit === "s" ? "0 s" : SIZE_UNITS.has(unit) ? "0 B" : "0";
  const short = (number) => String(Number(number.toPrecision(6)));
  if (unit === "s") {
    const size = Math.abs(value);
    for (const [name, seconds] of [
      ["s", 1],
      ["ms", 1e-3],
      ["µs", 1e-6],
    ])
      if (size >= seconds * 0.999999) return `${short(value / seconds)} ${name}`;
    return `${short(value / 1e-9)} ns`;
  }
  const suffixes = [
    ["T", 1e12],
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e4],
  ];
  const bytes = SIZE_UNITS.has(unit);
  if (bytes) {
    for (const [name, size] of [
      ["GiB", 2 ** 30],
      ["MiB", 2 ** 20],
      ["KiB", 2 ** 10],
    ])
      if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))} ${name}`;
    return `${short(value)} B`;
  }
  for (const [name, size] of suffixes)
    if (Math.abs(value) >= size) return `${short(value / (name === "k" ? 1e3 : size))} ${name}`;
  return short(value);
}

export function formatInterval(lower, upper, unit) {
  const known = (end) => end !== null && end !== undefined;
  if (!known(lower) && !known(upper)) return "";
  const [from, to] = [lower, upper].map((end) => (known(end) ? formatValue(end, unit) : "unknown"));
  const unitOf = (text) => text.slice(text.indexOf(" ") + 1);
  const shared = from.split(" ").length === 2 && unitOf(from) === unitOf(to); // "1.00 … 2.00 µs"
  return `${shared ? from.split(" ")[0] : from} … ${to}`;
}

export const formatCount = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

// "31 Jan 2026, 12:00 UTC"; "31 Jan 2026, 12:00:59 UTC"
export function formatTime(text, seconds = false) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (number) => String(number).padStart(2, "0");
  return (
    `${time.getUTCDate()} ${months[time.getUTCMonth()]} ${time.getUTCFullYear()}, ` +
    `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}${seconds ? `:${two(time.getUTCSeconds())}` : ""} UTC`
  );
}

// Both ends of a time, to the second where the minute does not tell them apart; one text when nothing does.
export function formatTimes(from, to) {
  const short = [formatTime(from), formatTime(to)];
  if (short[0] !== short[1]) return short;
  const long = [formatTime(from, true), formatTime(to, true)];
  return long[0] === long[1] ? short.slice(1) : long;
}

// "12", "1.5", "5us", "98%", "64MiB" -> {value, kind}: kind is "s", "B" or "" for a plain number; else null.
export function parseQuantity(text) {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([^\d.\s]*)$/.exec(text.trim().replace(/\s+/g, ""));
  if (!match) return null;
  const number = Number(match[1]);
  const unit = match[2];
  if (!Number.isFinite(number)) return null;
  if (unit === "") return { value: number, kind: "" };
  if (unit === "%") return { value: number / 100, kind: "" };
  if (Object.hasOwn(DURATIONS, unit)) return { value: number * DURATIONS[unit], kind: "s" };
  if (Object.hasOwn(SIZES, unit)) return { value: number * SIZES[unit], kind: "B" };
  return null;
}

// Whether a quantity of that kind can be meant where values have that unit.
export function fits(kind, unit) {
  if (kind === "") return true;
  return kind === "s" ? unit === "s" : SIZE_UNITS.has(unit);
}
