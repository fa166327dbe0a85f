// The list of runs that pass the filter, sortable by everything that tells them apart.

import { figure } from "./chart.js";
import { button, h, replace } from "./dom.js";
import { standingOf } from "./frontier.js";
import { Table } from "./table.js";
import { formatCount, formatInterval, formatTime, formatValue } from "./units.js";

export class Runs {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks });
    this.frame = figure("runs", "Runs");
    this.element = this.frame.element;
    this.element.append(this.frame.summary);
    this.table = new Table(this.#columns(), {
      caption: "Runs",
      rows: [],
      sort: state.sort,
      onSort: (sort) => {
        state.sort = sort;
      },
      rowAttributes: (row) => ({ class: this.state.selected === dataset.id(row) ? "selected" : null }),
    });
    this.standing = new Map();
    this.element.append(this.table.element);
  }

  // points: of the frontier chart, for the standing of each.
  update(rows, points) {
    this.standing = new Map(points.map((point) => [point.row, point]));
    const failed = rows.filter((row) => this.dataset.run("status")(row) !== "ok").length;
    const edited = rows.filter((row) => this.dataset.isEdited(row)).length;
    replace(
      this.frame.summary,
      `${formatCount(rows.length)} of ${formatCount(this.dataset.size)} runs` +
        (failed > 0 ? `; ${formatCount(failed)} failed, are invalid or were interrupted.` : ".") +
        (edited > 0 ? ` ${formatCount(edited)} ${edited === 1 ? "was" : "were"} edited since.` : ""),
    );
    this.table.setRows(rows);
  }

  refresh() {
    this.table.draw();
  }

  // Those of the first chart before all others: they are what the runs are about.
  #metrics() {
    const { dataset, state } = this;
    const first = [state.x, state.y].map((key) => dataset.metrics.get(key)).filter(Boolean);
    return [...new Set([...first, ...dataset.metrics.values()])];
  }

  #columns() {
    const { dataset } = this;
    const id = (row) => dataset.id(row);
    const rank = { certain: 0, possible: 1, dominated: 2, infeasible: 3, plain: 4 };
    const telling = dataset.telling().filter((field) => field.key !== "status");
    return [
      {
        key: "id",
        label: "run",
        head: true,
        value: id,
        cell: (row) =>
          button(id(row), () => this.hooks.onSelect(id(row)), {
            class: "link",
            title: `Select ${dataset.label(row)}`,
          }),
      },
      {
        key: "started",
        label: "started",
        value: (row) => dataset.started(row),
        cell: (row) => formatTime(dataset.started(row)),
      },
      {
        key: "status",
        label: "status",
        value: dataset.run("status"),
        cell: (row) =>
          h(
            "span",
            { class: `status ${dataset.isEdited(row) ? "invalid" : dataset.run("status")(row)}` },
            dataset.run("status")(row) + (dataset.isEdited(row) ? ", edited" : ""),
          ),
      },
      {
        key: "standing",
        label: "standing",
        value: (row) => rank[this.standing.get(row)?.standing] ?? null,
        cell: (row) => (this.standing.has(row) ? standingOf(this.standing.get(row)) : "–"),
      },
      ...telling.map((field) => ({
        key: field.key,
        label: field.key,
        numeric: field.numeric,
        value: field.get,
        cell: (row) => field.get(row) ?? "–",
      })),
      ...this.#metrics().map((metric) => ({
        key: `metric ${metric.key}`,
        label: metric.key,
        numeric: true,
        title: metric.better ? `${metric.better} is better` : null,
        value: metric.value,
        cell: (row) =>
          h(
            "span",
            { title: formatInterval(metric.lower(row), metric.upper(row), metric.unit) || metric.problem(row) },
            formatValue(metric.value(row), metric.unit),
          ),
      })),
    ];
  }
}
