// The frontier chart as tables: its points, and the runs that it leaves out.

import { button } from "./dom.js";
import { standingOf } from "./frontier.js";
import { Table } from "./table.js";
import { formatInterval, formatValue } from "./units.js";

export function apartTable(chart) {
  return new Table(
    [
      runColumn(chart, (one) => one.row),
      {
        key: "choice",
        label: "run of",
        value: (one) => chart.dataset.label(one.row),
        cell: (one) => chart.dataset.label(one.row),
      },
      { key: "reason", label: "reason", value: (one) => one.reason, cell: (one) => one.reason },
    ],
    { caption: "Runs that are not drawn", rows: chart.result.apart, sort: null },
  );
}

export function pointTable(chart) {
  const rank = ["certain", "possible", "dominated", "infeasible", "plain"];
  const numbers = ["x", "y"].flatMap((name) => {
    const { key, unit } = chart.axes[name];
    return [
      {
        key: name,
        label: key,
        numeric: true,
        value: (point) => point[name].value,
        cell: (point) => formatValue(point[name].value, unit),
      },
      {
        key: `${name}-interval`,
        label: "95 % interval",
        cell: (point) => formatInterval(...point[name].ends, unit) || "–",
      },
    ];
  });
  const runsOf = (point) => point.runs.length;
  const repeated = chart.result.points.some((point) => runsOf(point) > 1);
  return new Table(
    [
      runColumn(chart, (point) => point.row),
      {
        key: "choice",
        label: "choice",
        value: (point) => chart.dataset.label(point.row),
        cell: (point) => chart.dataset.label(point.row),
      },
      ...numbers,
      ...(repeated ? [{ key: "runs", label: "runs", numeric: true, value: runsOf, cell: runsOf }] : []),
      {
        key: "standing",
        label: "standing",
        cell: standingOf,
        value: (point) => rank.indexOf(point.standing) - (point.onFrontier ? 0.5 : 0),
      },
    ],
    {
      caption: "Points of the frontier chart",
      rows: chart.result.points,
      sort: { key: "standing", descending: false },
    },
  );
}

function runColumn(chart, rowOf) {
  const id = (one) => chart.dataset.id(rowOf(one));
  return {
    key: "id",
    label: "run",
    head: true,
    value: id,
    cell: (one) => button(id(one), () => chart.hooks.onSelect(id(one)), { class: "link" }),
  };
}
