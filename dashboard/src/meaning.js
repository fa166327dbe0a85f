// What a metric was measured under, and which points are rivals, as core/ops/compare.h and core/ops/pareto.h say it: pure.

const LOAD = ["rate", "samples_per_query", "mode"];

// {step, scenario, load, settled} of a metric of a run, as far as it means something else under another; nothing of a metric
// that means the same in all.
export function meaningOf(dataset, row, metric) {
  if (!metric.dependsOnLoad) return { step: "", scenario: "", load: {}, settled: {} };
  const step = metric.name.slice(0, metric.name.indexOf(".") + 1);
  const steps = dataset.run("steps")(row) ?? {};
  const own = step !== "" && `${step}scenario` in steps;
  const load = own ? under(step, steps) : {};
  for (const name of own ? [] : LOAD) {
    const value = dataset.run(name)(row);
    if (value !== null) load[name] = value;
  }
  const { scenario = dataset.run("scenario")(row) ?? "" } = load;
  delete load.scenario;
  const settled = under(own ? step : "", dataset.run("settled")(row) ?? {});
  if (metric.name.includes("peak_rate")) delete settled.rate;
  if (metric.name.endsWith("throughput")) delete settled.samples_per_query;
  return { step: own ? step : "", scenario, load, settled };
}

// Of the settings of several steps those of one.
const under = (step, settings) =>
  Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => name.startsWith(step))
      .map(([name, value]) => [name.slice(step.length), value]),
  );

// Why a metric of two runs is not to be compared, or null. What is not known of both is no difference.
export function otherMeaning(dataset, a, b, metric) {
  const [left, right] = [a, b].map((row) => meaningOf(dataset, row, metric));
  if (left.scenario !== right.scenario) return "another scenario";
  const isOther = (name) => name in left.load && name in right.load && left.load[name] !== right.load[name];
  if ("mode" in left.load !== "mode" in right.load || LOAD.some(isOther)) return "another load";
  const [before, after] = [left, right].map(({ settled }) => settledText(settled));
  if (before === after || !before || !after) return null;
  return "rate" in left.settled ? "each at the rate that its search found" : `${before}, ${after}`;
}

const settledText = (settled) => {
  if ("rate" in settled) return `the rate ${settled.rate} that a search found`;
  return "samples_per_query" in settled ? `queries of ${settled.samples_per_query} samples` : "";
};

export const isTiming = (metric) => metric.unit === "s" || metric.unit === "1/s";

// What points must have in common to be rivals, each as a text.
function groundsOf(dataset, row, metrics) {
  const meanings = metrics.map((metric) => meaningOf(dataset, row, metric));
  // More than one where they are of several steps, which are then named: each has a load of its own.
  const all = (tell) => [...new Set(meanings.flatMap(tell))].filter(Boolean).join(", ");
  return [
    metrics.some(isTiming) ? `the processor ${dataset.fields.get("host").get(row)}` : "",
    all(({ step, scenario }) => scenario && `${step ? `${step}scenario` : "the scenario"} ${scenario}`) || "no scenario",
    all(({ step, load }) => Object.entries(load).map(([name, value]) => `${step}${name} ${value}`)) || "performance runs",
    all(({ step, settled }) => {
      const text = settledText(settled);
      return text && step ? `${text} in ${step.slice(0, -1)}` : text;
    }) || "unknown sizes",
  ];
}

// points: lists of rows, newest first. Of points that are no rivals those are kept that are the most, of equals those with the
// newest: {kept, apart: [{row, reason}], only: what the kept are, where others are not}.
export function rivals(dataset, points, metrics) {
  const apart = [];
  const only = [];
  const isWhole = ([row]) => metrics.every((metric) => metric.value(row) !== null || metric.problem(row) !== null);
  const isKnown = ([row]) => metrics.every((metric) => metric.value(row) !== null);
  let kept = points.map((rows) => ({ rows, grounds: groundsOf(dataset, rows[0], metrics) }));
  const count = kept.length > 0 ? kept[0].grounds.length : 0;
  for (let ground = 0; ground < count; ++ground) {
    const numbers = new Map();
    for (const { rows, grounds } of kept)
      if (isWhole(rows)) numbers.set(grounds[ground], (numbers.get(grounds[ground]) ?? 0) + (isKnown(rows) ? 1 : 0));
    if (numbers.size < 2) continue;
    const [text] = [...numbers].reduce((most, one) => (one[1] > most[1] ? one : most));
    only.push(text);
    for (const { rows, grounds } of kept)
      if (grounds[ground] !== text) apart.push({ row: rows[0], unlike: true, reason: `of ${grounds[ground]}, not ${text}` });
    kept = kept.filter(({ grounds }) => grounds[ground] === text);
  }
  return { kept: kept.map(({ rows }) => rows), apart, only };
}
