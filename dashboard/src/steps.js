// Where the level of a series changed, by the definitions of core/bench/history.h: the piecewise constant fit of the
// logarithms that minimises
//
//   sum of |log x - log level|  +  3 ln(n + 1) * noise * (number of levels - 1)
//
// with levels of three values at least; neighbours within 3 % of each other are one level. Pure.

const MOST = 2000; // older values belong to the first level
const SHORTEST = 3;
const BAND = 0.03;
const LEAST_NOISE = 1e-4;

// values: positive numbers, oldest first. Returns [{begin, end, median, ratio}]: `end` is exclusive, ratio is the median
// over that of the level before, 1 for the first.
export function levelsOf(values) {
  if (values.length === 0) return [];
  const skipped = Math.max(0, values.length - MOST);
  const logs = values.slice(skipped).map(Math.log);
  const price = 3 * Math.log(logs.length + 1) * noiseOf(logs);
  const out = [];
  let begin = 0;
  for (const end of bestEnds(logs, price).map((one) => one + skipped)) {
    const level = median(values.slice(begin, end));
    const last = out.at(-1);
    if (last && Math.abs(Math.log(level / last.median)) < Math.log1p(BAND)) {
      last.end = end;
      last.median = median(values.slice(last.begin, end));
    } else {
      out.push({ begin, end, median: level, ratio: 1 });
    }
    begin = end;
  }
  for (let i = 1; i < out.length; ++i) out[i].ratio = out[i].median / out[i - 1].median;
  return out;
}

// Normal noise: the median distance of neighbours is 0.954 sd, the mean absolute deviation 0.798 sd.
function noiseOf(logs) {
  if (logs.length < 2) return LEAST_NOISE;
  const differences = logs.slice(1).map((value, i) => Math.abs(value - logs[i]));
  return Math.max(LEAST_NOISE, 0.836 * median(differences));
}

// Ends of the levels of the best fit, ascending: dynamic programming; a begin that cannot be the best any more is dropped.
function bestEnds(logs, price) {
  const n = logs.length;
  if (n < SHORTEST) return [n];
  const best = new Array(n + 1).fill(Infinity);
  const from = new Array(n + 1).fill(0);
  best[0] = -price;
  let candidates = [];
  for (let end = 1; end <= n; ++end) {
    if (best[end - 1] < Infinity) candidates.push({ begin: end - 1, spread: new Spread(), leaves: Infinity });
    for (const { begin, spread } of candidates) {
      spread.add(logs[end - 1]);
      const total = best[begin] + spread.cost() + price;
      if (end - begin >= SHORTEST && total < best[end]) [best[end], from[end]] = [total, begin];
    }
    for (const one of candidates)
      if (one.begin + SHORTEST <= end && best[one.begin] + one.spread.cost() > best[end])
        one.leaves = Math.min(one.leaves, end + SHORTEST);
    candidates = candidates.filter((one) => one.leaves > end);
  }
  const ends = [];
  for (let end = n; end > 0; end = from[end]) ends.unshift(end);
  return ends;
}

// Sum of the distances of a growing set of values to their median.
class Spread {
  sorted = [];
  lower = 0; // sum of the smaller half; a middle one belongs to neither
  upper = 0;

  add(x) {
    const { sorted } = this;
    let at = 0;
    for (let high = sorted.length; at < high;) {
      const middle = (at + high) >> 1;
      if (sorted[middle] < x) at = middle + 1;
      else high = middle;
    }
    const half = sorted.length >> 1;
    const middle = sorted.length % 2 === 1 ? sorted[half] : null;
    sorted.splice(at, 0, x);
    if (middle !== null) {
      this.lower += Math.min(x, middle);
      this.upper += Math.max(x, middle);
    } else if (at < half) {
      this.lower += x - sorted[half];
    } else if (at > half) {
      this.upper += x - sorted[half];
    }
  }

  cost() {
    return this.upper - this.lower;
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
