// A sortable table in pages, the same for all of them: the list of runs and the twin of every chart.

import { h, button, replace, announce } from "./dom.js";
import { compareValues } from "./dataset.js";
import { formatCount } from "./units.js";

const PAGE = 25;

// columns: [{key, label, title?, numeric?, value(row) -> to sort by, cell(row) -> text or element, head?: the row's header}]
// options: {caption, rows, sort: {key, descending}, onSort?, rowAttributes?(row)}. Missing values come last either way.
export class Table {
  constructor(columns, options) {
    this.columns = columns;
    this.options = options;
    this.sort = options.sort;
    this.page = 0;
    this.element = h("div", { class: "table" });
    this.setRows(options.rows);
  }

  setRows(rows) {
    this.rows = rows;
    this.page = 0;
    this.draw();
  }

  draw() {
    const sorted = this.#sorted();
    const pages = Math.max(1, Math.ceil(sorted.length / PAGE));
    this.page = Math.min(this.page, pages - 1);
    const shown = sorted.slice(this.page * PAGE, (this.page + 1) * PAGE);
    const table = h(
      "table",
      {},
      h("caption", { class: "unseen" }, this.options.caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          this.columns.map((column) => this.#header(column)),
        ),
      ),
      h(
        "tbody",
        {},
        shown.map((row) =>
          h(
            "tr",
            this.options.rowAttributes?.(row) ?? {},
            this.columns.map((column) =>
              h(
                column.head ? "th" : "td",
                { class: column.numeric ? "number" : null, scope: column.head ? "row" : null },
                column.cell(row),
              ),
            ),
          ),
        ),
      ),
    );
    const scroll = h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": this.options.caption },
      table,
    );
    replace(
      this.element,
      scroll,
      sorted.length === 0 ? h("p", { class: "empty" }, "No rows.") : null,
      pages > 1 ? this.#pager(sorted.length, pages) : null,
    );
  }

  #sorted() {
    const column = this.columns.find((one) => one.key === this.sort?.key);
    if (!column) return this.rows;
    const sign = this.sort.descending ? -1 : 1;
    return this.rows
      .map((row) => [row, column.value(row) ?? null])
      .sort(([, a], [, b]) => {
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * compareValues(a, b);
      })
      .map(([row]) => row);
  }

  #header(column) {
    const is = this.sort?.key === column.key;
    const order = is ? (this.sort.descending ? "descending" : "ascending") : null;
    const label = column.value
      ? button(
          [
            column.label,
            h("span", { class: "arrow", "aria-hidden": "true" }, is ? (this.sort.descending ? "▼" : "▲") : ""),
          ],
          () => this.#sortBy(column),
          { title: column.title, "data-column": column.key },
        )
      : h("span", { title: column.title }, column.label);
    return h("th", { scope: "col", class: column.numeric ? "number" : null, "aria-sort": order }, label);
  }

  #sortBy(column) {
    this.sort = { key: column.key, descending: this.sort?.key === column.key ? !this.sort.descending : false };
    this.options.onSort?.(this.sort);
    this.draw();
    this.#focus((one) => one.dataset.column === column.key);
    announce(`Sorted by ${column.label}, ${this.sort.descending ? "largest" : "smallest"} first.`);
  }

  #pager(count, pages) {
    const go = (page, name) => {
      this.page = page;
      this.draw();
      this.#focus((one) => one.dataset.page === name && !one.disabled) ||
        this.#focus((one) => one.dataset.page && !one.disabled);
    };
    return h(
      "nav",
      { class: "pager", "aria-label": `Pages of: ${this.options.caption}` },
      button("Previous", () => go(this.page - 1, "previous"), { disabled: this.page === 0, "data-page": "previous" }),
      h(
        "span",
        {},
        `${formatCount(this.page * PAGE + 1)}–${formatCount(Math.min(count, (this.page + 1) * PAGE))} of ${formatCount(count)}`,
      ),
      button("Next", () => go(this.page + 1, "next"), { disabled: this.page === pages - 1, "data-page": "next" }),
    );
  }

  #focus(wanted) {
    const found = [...this.element.querySelectorAll("button")].find(wanted);
    found?.focus();
    return Boolean(found);
  }
}

// The numbers of a chart as a table: made when it is opened, and again when `refresh` says that the chart has changed.
export class Twin {
  constructor(label, makeTable) {
    this.makeTable = makeTable;
    this.summary = h("summary", {}, label);
    this.body = h("div", {});
    this.element = h("details", { class: "twin", on: { toggle: () => this.refresh() } }, this.summary, this.body);
  }

  refresh(label = null) {
    if (label !== null) this.summary.textContent = label;
    replace(this.body, this.element.open ? this.makeTable().element : null);
  }
}
