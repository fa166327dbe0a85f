// Where the numbers of a run come from, in parts that are closed until they are asked for.

import { command, h } from "./dom.js";
import { formatBytes, formatSeconds } from "./units.js";

const PHASES = { first_answer: "first answer", warmup: "warm-up", total: "whole run" };

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

export function provenanceOf(dataset, row) {
  const get = (name) => dataset.provenance(name)(row);
  const all = (name, show) => (get(name) ?? []).map(show);
  const parent = dataset.run("parent")(row);
  const lock = get("lock_sha256");
  const version = get("reef_version");
  return h(
    "div",
    { class: "provenance" },
    h("h3", {}, "Provenance"),
    part("Host", list(hostFacts(get("host")))),
    part("Conditions", nested(get("conditions"))),
    part("Load", nested(get("load"))),
    part("Phases", list(dataset.times(row).map(([name, time]) => [PHASES[name] ?? name, formatSeconds(time)]))),
    part(
      "Commands",
      all("commands", (one) => [command(one.command), one.exit ? h("p", { class: "muted" }, one.exit) : null]),
    ),
    part(
      "Tools",
      list(all("toolchain", (one) => [`${one.name} ${one.version ?? ""}`, [one.path, digest(one.sha256)]])),
    ),
    part("Packages", list(all("closure", (one) => [`${one.name} ${one.version}`, packageFacts(one)]))),
    part("Inputs", list(all("inputs", (one) => [one.path, [sizeOf(one), digest(one.sha256)]]))),
    part("Libraries", list(all("libraries", (one) => [one.path, digest(one.sha256)]))),
    part("Record", [
      list([
        ["id", dataset.id(row)],
        ...(parent ? [["parent", parent]] : []),
        ...(lock ? [["lock", digest(lock)]] : []),
        ...(version ? [["written by", `reef ${version}`]] : []),
      ]),
      command(`reef runs show ${dataset.id(row)}`),
    ]),
  );
}

function hostFacts(host) {
  if (host === null) return [];
  const facts = Object.entries(HOST_FACTS)
    .filter(([key]) => host[key] !== null && host[key] !== undefined)
    .map(([key, name]) => [name, key === "memory_bytes" ? formatBytes(host[key]) : String(host[key])]);
  return [...facts, ...(host.accelerators ?? []).map((one) => ["accelerator", `${one.model} (${one.kind})`])];
}

const packageFacts = ({ options, build_key: key }) => [
  Object.entries(options)
    .map(([group, option]) => `${group} = ${option}`)
    .join(", "),
  key ? digest(key, "build key") : "found on the host",
];

const sizeOf = ({ size }) => (size === null ? null : formatBytes(size));

const digest = (text, name = "SHA-256") =>
  text ? h("span", { class: "digest" }, h("span", { class: "unseen" }, `${name} `), text) : null;

// pairs: [name, value or values]; nothing when there are none.
function list(pairs) {
  if (pairs.length === 0) return null;
  const lines = (value) => [value].flat().filter(Boolean);
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
          lines(value).map((one) => h("div", {}, one)),
        ),
      ),
    ),
  );
}

// Whatever a record has there: members of members as a list within the list, what is not known left out.
function nested(value) {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((one) => h("div", {}, isObject(one) ? inLine(one) : String(one)));
  if (!isObject(value)) return String(value);
  return list(
    Object.entries(value)
      .filter(([, member]) => member !== null && !(Array.isArray(member) && member.length === 0))
      .map(([name, member]) => [name.replaceAll("_", " "), nested(member)]),
  );
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const inLine = (object) =>
  Object.entries(object)
    .filter(([, member]) => member !== null)
    .map(([name, member]) => `${name.replaceAll("_", " ")}: ${isObject(member) ? JSON.stringify(member) : member}`)
    .join("; ");

// Closed until it is asked for; nothing when there is nothing in it.
function part(name, content) {
  const inside = [content].flat(Infinity).filter(Boolean);
  return inside.length === 0 ? null : h("details", {}, h("summary", {}, name), inside);
}
