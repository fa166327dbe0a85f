// build.js FOLDER: makes the page of `reef dashboard` and leaves two files in FOLDER:
//
//   page.html  one file with its style and its script inside, both named by digest in its Content-Security-Policy. Two
//              marks are left for the program that serves it: @reef-data@ and @reef-mode@
//   page.cpp   the same text as the C++ function `embedded_dashboard`

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

async function bundle(entry) {
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    outdir: "out",
    logLevel: "warning",
  });
  const inputs = Object.keys(result.metafile.inputs);
  return { text: result.outputFiles[0].text.trim(), inputs };
}

// The packages that are part of the page, with their licences.
function licences(inputs) {
  const names = new Set();
  for (const input of inputs) {
    const match = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) names.add(match[1]);
  }
  const byText = new Map();
  for (const name of [...names].sort()) {
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"]
      .map((one) => join(here, "node_modules", name, one))
      .find(existsSync);
    if (!file) throw new Error(`${name} has no licence to go with it`);
    const text = readFileSync(file, "utf8").trim();
    byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  return [...byText]
    .map(([text, packages]) => `${packages.join(", ")}:\n\n${text}`)
    .join("\n\n")
    .replaceAll("--", "- -");
}

const digest = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function fill(text, mark, value) {
  const parts = text.split(mark);
  if (parts.length !== 2) throw new Error(`page.html has ${parts.length - 1} times ${mark}, expected once`);
  return parts.join(value);
}

// Texts between raw-string marks, short enough for every compiler.
function cpp(text) {
  const end = "reef_page";
  if (text.includes(`)${end}"`)) throw new Error("the page holds the end of a C++ string");
  const pieces = [];
  for (let at = 0; at < text.length; at += 12000) pieces.push(`R"${end}(${text.slice(at, at + 12000)})${end}"`);
  return (
    `#include <string_view>\n\n#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n` +
    `namespace reef::ops {\n\nstd::string_view embedded_dashboard();\n` +
    `std::string_view embedded_dashboard() {\n  static constexpr char kPage[] =\n${pieces.join("\n")};\n` +
    `  return {kPage, sizeof kPage - 1};\n}\n\n}  // namespace reef::ops\n`
  );
}

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node build.js FOLDER");
  process.exit(2);
}
const script = await bundle("src/main.js");
const style = await bundle("src/style.css");
const policy =
  `default-src 'none'; script-src ${digest(script.text)}; style-src ${digest(style.text)}; ` +
  "connect-src 'none'; base-uri 'none'; form-action 'none'";
let page = readFileSync(join(here, "src/page.html"), "utf8");
page = fill(page, "@policy@", policy);
page = fill(page, "@licences@", licences(script.inputs));
page = fill(page, "@style@", style.text);
page = fill(page, "@script@", script.text);
for (const mark of ["@reef-data@", "@reef-mode@"]) fill(page, mark, "");
mkdirSync(resolve(folder), { recursive: true });
writeFileSync(join(folder, "page.html"), page);
writeFileSync(join(folder, "page.cpp"), cpp(page));
