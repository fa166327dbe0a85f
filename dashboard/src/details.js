// One run: its numbers, the command that replays it, and where they come from.

import { button, command, h, replace } from "./dom.js";
import { formatBytes, formatCount, formatInterval, formatSeconds, formatTime, formatValue } from "./units.js";

const PHASES = {
  resolve: "resolve",
  fetch: "fetch",
  build: "build",
  load: "load",
  first_answer: "first answer",
  warmup: "warm-up",
  steady: "steady",
  total: "whole run",
};
const HOST_FACTS = {
  cpu_model: "processor",
  cores: "cores",
  threads: "hardware threads",
  memory_bytes: "memory",
  distribution: "system",
  kernel: "kernel",
  libc_version: "C library",
  virtualization: "virtualisation",
};

export class Details {
  constructor(dataset, state, hooks) {
    Object.assign(this, { dataset, state, hooks });
    this.heading = h("h2", { id: "run-title", tabindex: -1 }, "Run");
    this.body = h("div", {});
    this.element = h(
      "section",
      { id: "run", class: "details", "aria-labelledby": "run-title" },
      this.heading,
      this.body,
    );
  }

  update() {
    const row = this.state.selected === null ? undefined : this.dataset.rowOf.get(this.state.selected);
    if (row === undefined) {
      this.heading.textContent = "Run";
      replace(
        this.body,
        h(
          "p",
          { class: "empty" },
          "Select a point or a row of a table: its numbers, where they come from and the command that repeats it appear here.",
        ),
      );
      return;
    }
    const { dataset } = this;
    this.heading.textContent = dataset.label(row);
    replace(
      this.body,
      this.#identity(row),
      this.#replay(row),
      this.#actions(row),
      this.#metrics(row),
      this.#provenance(row),
    );
  }

  #identity(row) {
    const { dataset } = this;
    const status = dataset.run("status")(row);
    const reason = dataset.run("reason")(row);
    const package_ = [dataset.run("package")(row), dataset.run("version")(row)].filter(Boolean).join(" ");
    return h(
      "div",
      { class: "identity" },
      h("p", {}, h("span", { class: `status ${status}` }, status), ` ${dataset.run("action")(row)} of ${package_}`),
      reason ? h("p", { class: "reason" }, reason) : null,
      h(
        "p",
        { class: "muted" },
        `${dataset.choice(row)}${dataset.run("scenario")(row) ? `; ${dataset.run("scenario")(row)}` : ""}`,
      ),
      h("p", { class: "muted" }, `${dataset.id(row)}, ${formatTime(dataset.started(row))}`),
    );
  }

  #replay(row) {
    return h("div", {}, h("h3", {}, "Replay"), command(this.dataset.run("replay")(row)));
  }

  #actions(row) {
    const use = (name) =>
      button(
        `Use as ${name.toUpperCase()}`,
        () => {
          this.state[name] = this.dataset.id(row);
          this.hooks.onChange();
        },
        { "aria-pressed": this.state[name] === this.dataset.id(row) ? "true" : "false", "data-use": name },
      );
    return h(
      "p",
      { class: "actions" },
      use("a"),
      use("b"),
      button("Close", () => this.hooks.onSelect(null)),
    );
  }

  #metrics(row) {
    const known = [...this.dataset.metrics.values()].filter(
      (metric) => metric.value(row) !== null || metric.problem(row) !== null,
    );
    if (known.length === 0) return h("p", { class: "empty" }, "This run has no metrics.");
    return h(
      "div",
      {},
      h("h3", {}, "Numbers"),
      h(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "Numbers of this run" },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ["metric", "value", "95 % interval", "n"].map((name) => h("th", { scope: "col" }, name)),
            ),
          ),
          h(
            "tbody",
            {},
            known.map((metric) =>
              h(
                "tr",
                {},
                h("th", { scope: "row" }, metric.key),
                h(
                  "td",
                  { class: "number" },
                  formatValue(metric.value(row), metric.unit),
                  metric.problem(row) ? h("div", { class: "problem" }, metric.problem(row)) : null,
                ),
                h("td", {}, formatInterval(metric.lower(row), metric.upper(row), metric.unit)),
                h("td", { class: "number" }, metric.n(row) === null ? "" : formatCount(metric.n(row))),
              ),
            ),
          ),
        ),
      ),
    );
  }

  #provenance(row) {
    const { dataset } = this;
    const get = (name) => dataset.provenance(name)(row);
    const host = get("host");
    const facts =
      host === null
        ? []
        : Object.entries(HOST_FACTS)
            .filter(([key]) => host[key] !== null && host[key] !== undefined)
            .map(([key, name]) => [name, key === "memory_bytes" ? formatBytes(host[key]) : String(host[key])]);
    const accelerators = (host?.accelerators ?? []).map((one) => ["accelerator", `${one.model} (${one.kind})`]);
    const conditions = get("conditions");
    return h(
      "div",
      { class: "provenance" },
      h("h3", {}, "Provenance"),
      part("Host", list([...facts, ...accelerators])),
      part(
        "Conditions",
        conditions === null
          ? null
          : list(
              Object.entries(conditions).map(([name, value]) => [
                name,
                typeof value === "string" ? value : JSON.stringify(value),
              ]),
            ),
      ),
      part(
        "Commands",
        (get("commands") ?? []).map((one) => [
          command(one.command),
          one.exit ? h("p", { class: "muted" }, one.exit) : null,
        ]),
      ),
      part(
        "Tools",
        list(
          (get("toolchain") ?? []).map((one) => [
            `${one.name} ${one.version ?? ""}`,
            [one.path ?? "", digest(one.sha256)],
          ]),
        ),
      ),
      part(
        "Packages",
        list(
          (get("closure") ?? []).map((one) => [
            `${one.name} ${one.version}`,
            [optionsOf(one.options), one.build_key ? digest(one.build_key, "build key") : "found on the host"],
          ]),
        ),
      ),
      part(
        "Inputs",
        list(
          (get("inputs") ?? []).map((one) => [
            one.path,
            [one.size === null ? "" : formatBytes(one.size), digest(one.sha256)],
          ]),
        ),
      ),
      part("Libraries", list((get("libraries") ?? []).map((one) => [one.path, digest(one.sha256)]))),
      part(
        "Phases",
        list(dataset.times(row).map(([name, seconds]) => [PHASES[name] ?? name, formatSeconds(seconds)])),
      ),
      part("Record", [
        list(
          [
            ["id", dataset.id(row)],
            ["parent", dataset.run("parent")(row)],
            ["lock", digest(get("lock_sha256"))],
            ["written by", get("reef_version") ? `reef ${get("reef_version")}` : null],
          ].filter(([, value]) => value),
        ),
        command(`reef runs show ${dataset.id(row)}`),
      ]),
    );
  }
}

const digest = (text, name = "SHA-256") =>
  text ? h("span", { class: "digest" }, h("span", { class: "unseen" }, `${name} `), text) : null;

const optionsOf = (options) =>
  Object.entries(options)
    .map(([group, option]) => `${group} = ${option}`)
    .join(", ");

function list(pairs) {
  if (pairs.length === 0) return null;
  return h(
    "dl",
    {},
    pairs.map(([name, value]) =>
      h(
        "div",
        {},
        h("dt", {}, name),
        h(
          "dd",
          {},
          [value]
            .flat()
            .filter(Boolean)
            .map((one) => h("div", {}, one)),
        ),
      ),
    ),
  );
}

// Closed until it is asked for; nothing when there is nothing in it.
function part(name, content) {
  if (content === null || (Array.isArray(content) && content.flat().filter(Boolean).length === 0)) return null;
  return h("details", {}, h("summary", {}, name), content);
}
