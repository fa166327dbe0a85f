// run.js REEF FOLDER [STORY]: drives the page of `reef dashboard` in a browser. Pictures go to FOLDER. Exit status 77: it cannot be
// done here, and why.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { skip, findBrowser } from "./harness.js";

const [reef, output, only = ""] = process.argv.slice(2);
if (!output) {
  console.error("usage: node run.js REEF FOLDER [PART OF A STORY]");
  process.exit(2);
}
const modules = join(dirname(fileURLToPath(import.meta.url)), "../node_modules");
for (const name of ["playwright-core", "axe-core"])
  if (!existsSync(join(modules, name))) skip(`no ${name}: scripts/setup.sh test fetches it`);
const program = findBrowser();
const { chromium } = await import("playwright-core");
const { Workshop } = await import("./harness.js");
const { stories } = await import("./stories.js");

const workshop = new Workshop(reef, output);
const browser = await chromium.launch({
  executablePath: program,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const failed = [];
try {
  for (const [name, story] of Object.entries(stories).filter(([one]) => one.includes(only))) {
    const start = performance.now();
    try {
      await story({ browser, workshop, assert, say: (text) => console.log(`  ${text}`) });
      console.log(`ok      ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED  ${name}\n${error.stack ?? error}`);
    }
  }
} finally {
  await browser.close();
  workshop.remove();
}
console.log(failed.length === 0 ? `pictures are in ${output}` : `${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
