// What the tests in a browser share: the browser, record stores, pages that watch themselves, and keys.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const GENERATOR = join(here, "../../tests/support/sweep_records.py");
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];
const SKIPPED = 77; // an exit status that the caller takes as "not run"

export function skip(reason) {
  console.log(`skipped: ${reason}`);
  process.exit(SKIPPED);
}

export function findBrowser() {
  for (const folder of (process.env.PATH ?? "").split(":"))
    for (const name of PROGRAMS) if (existsSync(join(folder, name))) return join(folder, name);
  return skip("no chromium on this host: scripts/setup.sh test installs it");
}

export class Workshop {
  constructor(reef, output) {
    this.reef = resolve(reef);
    this.output = resolve(output);
    this.top = mkdtempSync(join(tmpdir(), "reef-browser-"));
    mkdirSync(this.output, { recursive: true });
  }

  remove() {
    rmSync(this.top, { recursive: true, force: true });
  }

  #environment(home) {
    return { PATH: process.env.PATH, HOME: this.top, REEF_HOME: home };
  }

  // A store of `count` made-up runs; `extra` are flags of the generator.
  home(name, count, ...extra) {
    const home = join(this.top, name);
    const done = spawnSync("python3", [GENERATOR, home, String(count), ...extra], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`the generator failed: ${done.stderr}`);
    return home;
  }

  run(home, ...words) {
    const done = spawnSync(this.reef, words, {
      encoding: "utf8",
      env: this.#environment(home),
      cwd: this.top,
      maxBuffer: 1 << 28,
    });
    if (done.status !== 0) throw new Error(`reef ${words.join(" ")}: ${done.stderr}`);
    return done.stdout;
  }

  // The address of an exported page.
  export(home, name) {
    const file = join(this.top, `${name}.html`);
    this.run(home, "dashboard", "--limit", "0", "--export", file);
    return { url: pathToFileURL(file).href, bytes: readFileSync(file).length };
  }

  // A live server: {url, end() -> the signal that ended it, else its exit status}.
  async serve(home) {
    const child = spawn(this.reef, ["dashboard"], {
      env: this.#environment(home),
      cwd: this.top,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = new Promise((done) => child.on("exit", (code, signal) => done(signal ?? code)));
    const url = await new Promise((done, fail) => {
      child.stdout.once("data", (data) => done(String(data).trim()));
      child.once("error", fail);
      child.once("exit", () => fail(new Error("the server ended before it had an address")));
    });
    return {
      url,
      end: () => {
        child.kill("SIGINT");
        return ended;
      },
    };
  }
}

// A page that remembers what went wrong on it and what it asked the network for.
export async function openPage(browser, url, { width = 1400, height = 1000, scheme = "light", offline = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    offline,
    reducedMotion: "reduce",
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const seen = { problems: [], requests: [] };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.problems.push(message.text());
  });
  page.on("pageerror", (error) => seen.problems.push(String(error)));
  page.on("dialog", (dialog) => {
    seen.problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => seen.requests.push(request.url()));
  await page.goto(url);
  await drawn(page);
  return { page, seen, close: () => context.close() };
}

export const drawn = (page) =>
  page.waitForFunction(() => performance.getEntriesByName("page-drawn").length > 0, undefined, { timeout: 30_000 });

// Presses Tab until the focused element passes; answers its text. Fails after `most` stops.
export async function tabTo(page, passes, argument, most = 150, key = "Tab") {
  for (let i = 0; i < most; ++i) {
    await page.keyboard.press(key);
    if (
      await page.evaluate(
        ({ source, argument: given }) => {
          const test = {
            // the tests that callers name: code of a string would be against the page's policy
            id: (element) => element.id === given,
            control: (element) => element.dataset.control === given,
            text: (element) => element.textContent.trim() === given,
            spot: (element) => element.classList.contains("spot"),
            use: (element) => element.dataset.use === given,
            column: (element) => element.dataset.column === given,
            copy: (element) => element.classList.contains("copy"),
            summary: (element) => element.tagName === "SUMMARY" && element.textContent.startsWith(given),
          }[source];
          return Boolean(document.activeElement) && test(document.activeElement);
        },
        { source: passes, argument },
      )
    )
      return;
  }
  throw new Error(`${most} times ${key} did not reach ${passes} ${argument ?? ""}`);
}

let axeSource = null;

// Serious and critical findings of axe, as texts.
export async function axe(page) {
  axeSource ??= readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    );
}
