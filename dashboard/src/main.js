// The page: reads its data, draws every section, and keeps them in step with what the reader chooses.

import { announce, append, button, h, replace } from "./dom.js";
import { Compare } from "./compare.js";
import { Dataset, unpack } from "./dataset.js";
import { Details } from "./details.js";
import { Distribution } from "./distribution.js";
import { Facets } from "./facets.js";
import { History } from "./history.js";
import { onSchemeChange } from "./palette.js";
import { Runs } from "./runs.js";
import { Scatter } from "./scatter.js";
import { State } from "./state.js";
import { formatCount, formatTime, formatTimes } from "./units.js";

const SECTIONS = [
  ["frontier", "Frontier"],
  ["distribution", "Distribution"],
  ["history", "History"],
  ["runs", "Runs"],
  ["compare", "Compare"],
];
const POLL = 3000; // milliseconds between questions for new runs

class Page {
  constructor(root, dataset) {
    this.root = root;
    this.dataset = dataset;
    this.state = new State(dataset);
    this.state.fromHash(location.hash);
    const hooks = { onChange: () => this.update(), onSelect: (id) => this.select(id) };
    this.facets = new Facets(dataset, this.state, hooks);
    this.details = new Details(dataset, this.state, hooks);
    this.runs = new Runs(dataset, this.state, hooks);
    const hasMetrics = dataset.metrics.size > 0;
    this.scatter = hasMetrics ? new Scatter(dataset, this.state, hooks) : null;
    this.distribution = hasMetrics ? new Distribution(dataset, this.state, hooks) : null;
    this.history = hasMetrics ? new History(dataset, this.state, hooks) : null;
    this.compare = hasMetrics ? new Compare(dataset, this.state, hooks) : null;
    this.#build();
    this.update({ isFirst: true });
  }

  #build() {
    const shown = SECTIONS.filter(([id]) => id === "runs" || this.scatter !== null);
    replace(
      this.root,
      h(
        "a",
        {
          class: "skip",
          href: "#main",
          on: {
            click: (event) => {
              event.preventDefault();
              this.main.focus();
            },
          },
        },
        "Skip to the charts",
      ),
      h(
        "header",
        { class: "top" },
        h("div", {}, h("h1", {}, titleOf(this.dataset)), h("p", { class: "muted" }, subtitleOf(this.dataset))),
        h(
          "nav",
          { "aria-label": "Sections" },
          shown.map(([id, name]) => button(name, () => goTo(id), { class: "link" })),
        ),
      ),
      (this.news = h("div", { class: "news" })),
      this.#problems(),
      h(
        "div",
        { class: "columns" },
        h(
          "aside",
          { class: "side", "aria-label": "Filter" },
          this.#filter(),
          h(
            "details",
            { class: "facet-box", open: !matchMedia("(max-width: 760px)").matches },
            h("summary", {}, "Choose by value"),
            this.facets.element,
          ),
        ),
        (this.main = h(
          "main",
          { id: "main", tabindex: -1 },
          h("div", { class: "first" }, this.scatter?.element, this.details.element),
          h("div", { class: "pair" }, this.distribution?.element, this.history?.element),
          this.runs.element,
          this.compare?.element,
        )),
      ),
      h(
        "footer",
        { class: "muted" },
        `Written by reef ${this.dataset.document.reef_version}, ${formatTime(this.dataset.document.made)}. ` +
          "Intervals are those of the records, 95 % unless they say otherwise. This page makes no request to anywhere else.",
      ),
    );
  }

  #problems() {
    const { problems, matching } = this.dataset.document;
    const left = matching - this.dataset.size;
    const notes = [];
    if (left > 0)
      notes.push(
        h("p", {}, `These are the newest ${formatCount(this.dataset.size)} of ${formatCount(matching)} runs.`),
      );
    if (problems.length > 0)
      notes.push(
        h(
          "details",
          {},
          h(
            "summary",
            {},
            `${formatCount(problems.length)} record${problems.length === 1 ? " has a problem" : "s have problems"}`,
          ),
          h(
            "ul",
            {},
            problems.map((problem) => h("li", {}, problem)),
          ),
        ),
      );
    return notes.length > 0 ? h("div", { class: "notes" }, notes) : null;
  }

  #filter() {
    this.input = h("input", {
      type: "text",
      id: "filter",
      value: this.state.filter,
      spellcheck: "false",
      autocomplete: "off",
      "aria-describedby": "filter-problem filter-help",
      placeholder: this.#example(),
      on: {
        input: () => {
          this.state.setFilter(this.input.value);
          this.update();
        },
      },
    });
    this.problem = h("p", { id: "filter-problem", class: "problem" });
    this.clear = button(
      "Clear all",
      () => {
        this.state.clear();
        this.input.value = "";
        this.update();
        this.input.focus();
      },
      { class: "link" },
    );
    this.count = h("p", { class: "count-line" });
    return h(
      "div",
      { class: "filter", role: "search", "aria-label": "Filter runs" },
      h("label", { for: "filter" }, "Filter"),
      this.input,
      this.problem,
      h(
        "details",
        { class: "help" },
        h("summary", {}, "How to write a filter"),
        h(
          "div",
          { id: "filter-help" },
          h(
            "p",
            {},
            "Words are looked for in all texts of a run; fields are compared with ",
            ...codes("== != < <= > >="),
            ", ",
            h("code", {}, "~"),
            " (contains) and ",
            h("code", {}, "in (a, b)"),
            "; join with ",
            ...codes("and or not"),
            " and parentheses. Numbers may have a unit: ",
            ...codes("5us 64MiB 98%"),
            ".",
          ),
          h(
            "p",
            {},
            "Fields: ",
            [...this.dataset.names().keys()].flatMap((name, i) => [i > 0 ? ", " : "", h("code", {}, name)]),
          ),
        ),
      ),
      h("div", { class: "filter-foot" }, this.count, this.clear),
    );
  }

  #example() {
    const option = this.dataset.telling(["option"])[0];
    const metric = this.dataset.metrics.has("latency") ? "latency < 5us" : null;
    return (
      [option ? `${option.key} != ${option.values.at(-1)}` : null, metric].filter(Boolean).join(" and ") ||
      "status == ok"
    );
  }

  update({ isFirst = false } = {}) {
    const { state, dataset } = this;
    const rows = state.rows();
    const { filterProblem: problem } = state;
    replace(this.problem, problem ? `At character ${problem.at + 1}: ${problem.message}` : null);
    if (problem) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    replace(this.count, `${formatCount(rows.length)} of ${formatCount(dataset.size)} runs`);
    this.clear.disabled = !state.isFiltered;
    this.facets.update();
    this.scatter?.update(state.rowsOfPoints(), { isFirst });
    // What is further down can wait until this is on the screen, and need not be drawn for every letter that is typed.
    const turn = (this.turn = {});
    afterPaint(() => {
      if (turn !== this.turn) return;
      this.distribution?.update(rows);
      this.history?.update(rows);
      this.runs.update(rows, this.scatter?.result.points ?? []);
      this.#chosen();
      performance.mark("page-drawn");
    });
  }

  // What depends on the selected runs only.
  #chosen() {
    this.details.update();
    this.compare?.update(this.scatter.result.frontier.map((point) => point.row));
    try {
      history.replaceState(null, "", `#${this.state.toHash()}`);
    } catch {
      // The address of some embedded pages cannot change: then it does not follow.
    }
  }

  #show(id) {
    this.state.selected = id;
    this.scatter?.draw();
    this.history?.draw();
    this.runs.refresh();
    this.#chosen();
  }

  select(id) {
    this.#show(id);
    if (id === null) return;
    announce(`Selected ${this.dataset.choice(this.dataset.rowOf.get(id))}.`);
    this.details.heading.focus({ preventScroll: matchMedia("(min-width: 1180px)").matches });
  }
}

const afterPaint = (work) => requestAnimationFrame(() => setTimeout(work));

const codes = (words) => words.split(" ").flatMap((word, i) => [i > 0 ? " " : "", h("code", {}, word)]);

function goTo(id) {
  const heading = document.getElementById(`${id}-title`);
  heading.scrollIntoView({ block: "start" });
  heading.focus({ preventScroll: true });
}

function titleOf(dataset) {
  const packages = dataset.fields.get("package").values;
  const actions = dataset.fields.get("action").values;
  if (dataset.size === 0) return "No runs";
  if (packages.length > 1) return `Runs of ${packages.length} packages`;
  return `${packages[0]}${actions.length === 1 ? `: ${actions[0]}` : ""}`;
}

function subtitleOf(dataset) {
  if (dataset.size === 0) return "No recorded run matches. `reef run benchmark PACKAGE` makes one.";
  const hosts = dataset.fields.get("host").values;
  const times = formatTimes(dataset.started(dataset.size - 1), dataset.started(0));
  return (
    `${formatCount(dataset.size)} run${dataset.size === 1 ? "" : "s"}, ${times.join(" to ")}` +
    (hosts.length === 1
      ? `, on ${hosts[0]}`
      : hosts.length > 1
        ? `, on ${hosts.length} kinds of host: compare timings within one of them`
        : "")
  );
}

// While the server lives, asks it now and then whether there are other runs, and offers to take them.
function watch(page, root) {
  let known = null;
  const ask = async () => {
    try {
      const state = await (await fetch("/state")).text();
      if (known !== null && state !== known) return offer();
      known = state;
      replace(page.news);
    } catch {
      replace(page.news, h("p", {}, "The server has ended: this page shows what it last said."));
    }
    setTimeout(ask, POLL);
  };
  const offer = () => {
    replace(
      page.news,
      h(
        "p",
        {},
        "There are other runs. ",
        button("Show them", async () => {
          const dataset = new Dataset(await (await fetch("/data")).json());
          start(root, dataset, true);
        }),
      ),
    );
    announce("There are other runs.");
  };
  ask();
}

let shown = null; // the page of now: taking new runs makes another one

function start(root, dataset, live) {
  const page = new Page(root, dataset);
  document.title = `${titleOf(dataset)} · reef`;
  shown = page;
  if (live) watch(page, root);
  return page;
}

async function main() {
  const root = document.getElementById("page");
  onSchemeChange(() => shown?.update());
  try {
    const dataset = new Dataset(await unpack(document.getElementById("data").textContent));
    afterPaint(() => performance.mark("first-chart"));
    start(root, dataset, document.documentElement.dataset.mode === "live");
  } catch (problem) {
    append(root, [
      h(
        "main",
        {},
        h("h1", {}, "This page cannot be shown"),
        h("p", {}, String(problem.message ?? problem)),
        h("p", {}, "A browser of 2023 or later is needed."),
      ),
    ]);
    throw problem;
  }
}

main();
