// What a reader does with the page, and what must hold while it is done.

import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { axe, openPage, tabTo } from "./harness.js";

const text = (page, selector) => page.locator(selector).innerText();
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
const settle = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => setTimeout(done, 30)))));
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

// Colours that are not the paper's on the canvas of a figure: something was drawn.
const inked = (page, figure) =>
  page.evaluate((id) => {
    const canvas = document.querySelector(`#${id} canvas`);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let pixels = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 60) ++pixels;
    return pixels;
  }, figure);

async function exportOpensFromDisk({ browser, workshop, assert }) {
  const home = workshop.home("sixty", 60);
  const { url } = workshop.export(home, "sixty");
  const { page, seen, close } = await openPage(browser, url);
  assert.deepEqual(seen.requests, [url], "the page asked for nothing but itself");
  assert.deepEqual(seen.problems, []);
  for (const figure of ["frontier", "distribution", "history"])
    assert.ok((await inked(page, figure)) > 500, `${figure} is drawn`);
  const wanted = JSON.parse(workshop.run(home, "pareto", "--json"));
  const onFrontier = wanted.points
    .filter((point) => point.on_frontier)
    .map((point) => point.id)
    .sort();
  const shown = await page
    .locator("#frontier .spot")
    .evaluateAll((spots) => spots.map((spot) => spot.dataset.id).sort());
  assert.deepEqual(shown, onFrontier, "the frontier is that of `reef pareto`");
  assert.match(
    await text(page, "#frontier-summary"),
    /^57 runs drawn, 3 runs without usable values left out\. The host was noisy during 8 of them\. 3 are on the frontier, certainly as far as intervals tell\. Each point is one run, whose interval does not hold the differences between runs/,
  );
  assert.match(await text(page, "#frontier .legend"), /on the frontier, as far as intervals tell/);
  assert.match(await text(page, "#run"), /element at index floor\(n p\)/);
  assert.match(await text(page, "#run"), /reef run benchmark digits-classifier@=1\.0\.0 --with/);
  await close();
}

// Standing by standing, on metrics with wide intervals, and of choices that were measured seven times.
async function standingsAreThoseOfPareto({ browser, workshop, assert }) {
  const homes = { single: workshop.home("single", 180), repeated: workshop.home("repeated", 182, "--repeat", "7") };
  const seen = [];
  for (const [name, x, y] of [
    ["single", "latency.p99", "throughput"],
    ["single", "latency", "peak_memory"],
    ["single", "latency", "accuracy"], // which has a tolerance
    ["repeated", "latency", "throughput"],
    ["repeated", "throughput", "accuracy"],
  ]) {
    const home = homes[name];
    const { url } = workshop.export(home, name);
    const { page, close } = await openPage(browser, `${url}#x=${x}&y=${y}`);
    await page.locator("#frontier .twin summary", { hasText: "The points as a table" }).click();
    await page.locator("#frontier .twin tbody tr").first().waitFor(); // it is made on `toggle`, which comes after the click
    const shown = new Map();
    for (;;) {
      for (const [id, standing] of await page
        .locator("#frontier table tbody tr")
        .evaluateAll((rows) => rows.map((row) => [row.firstChild.textContent, row.lastChild.textContent])))
        shown.set(id, standing);
      const next = page.locator("#frontier .pager button", { hasText: "Next" });
      if ((await next.count()) === 0 || (await next.isDisabled())) break;
      await next.click();
    }
    const names = { certain: "on the frontier", possible: "possibly on the frontier", dominated: "dominated" };
    const wanted = JSON.parse(workshop.run(home, "pareto", "--x", x, "--y", y, "--json")).points.filter(
      (point) => point.standing in names,
    );
    seen.push(...wanted.map((point) => point.standing));
    for (const point of wanted) {
      const wording =
        point.standing === "possible" && point.on_frontier
          ? "on the frontier, within the intervals"
          : names[point.standing];
      assert.equal(shown.get(point.id), wording, `${name}, ${x}, ${y}: ${point.id}`);
    }
    assert.equal(shown.size, wanted.length);
    await close();
  }
  for (const standing of ["certain", "possible", "dominated"]) assert.ok(seen.includes(standing), standing);
}

async function byKeyboardAlone({ browser, workshop, assert }) {
  const { url } = workshop.export(workshop.home("keys", 60), "keys");
  const { page, seen, close } = await openPage(browser, url);
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Skip to the charts");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "main");

  // Back to the filter, first with a mistake in it.
  await tabTo(page, "id", "filter", 60, "Shift+Tab");
  await page.keyboard.type("engin == native");
  await settle(page);
  assert.equal(
    await text(page, "#filter-problem"),
    "At character 1: there is no field `engin`; did you mean `engine`?",
  );
  assert.equal(await page.locator("#filter").getAttribute("aria-invalid"), "true");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("engine in (openblas, native) and latency < 60us");
  await settle(page);
  assert.equal(await text(page, ".count-line"), "20 of 60 runs");

  // A value of a facet, and the focus stays on it.
  await tabTo(page, "summary", "How to write");
  while ((await page.evaluate(() => document.activeElement.dataset.facet)) !== '["model","cnn-m"]')
    await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await settle(page);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.facet), '["model","cnn-m"]');
  assert.equal(await text(page, ".count-line"), "6 of 60 runs");
  await page.keyboard.press("Space");
  await settle(page);

  // Along the frontier, and a point of it.
  await tabTo(page, "spot");
  const first = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.match(first, /^compiler .*: latency .*, accuracy .*; on the frontier/);
  assert.ok(await page.locator(".tooltip").isVisible(), "the focused point is explained");
  await page.keyboard.press("ArrowRight");
  const second = await page.evaluate(() => document.activeElement.dataset.id);
  await page.keyboard.press("Enter");
  await settle(page);
  assert.equal(await focused(page), "run-title");
  assert.ok((await text(page, "#run")).includes(second));
  await tabTo(page, "copy");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() =>
    /command (was copied|is selected)/.test(document.getElementById("announcements").textContent),
  );
  const replay = await page.locator("#run .command code").first().innerText();
  const copied = await page.evaluate(async () => getSelection().toString() || navigator.clipboard.readText());
  assert.equal(copied.trim(), replay.trim());

  // This one against another.
  await tabTo(page, "use", "a");
  await page.keyboard.press("Enter");
  await tabTo(page, "spot", null, 150, "Shift+Tab");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await tabTo(page, "use", "b");
  await page.keyboard.press("Enter");
  await settle(page);
  assert.match(await text(page, "#compare-summary"), /^B against A: .*latency (faster|slower)/);

  // A table: sorted, and the twin of a chart.
  await tabTo(page, "column", "metric latency");
  await page.keyboard.press("Enter");
  const order = async () => page.locator("#runs tbody tr").first().innerText();
  const least = await order();
  assert.equal(
    await page
      .locator('#runs th[aria-sort="ascending"]')
      .innerText()
      .then((one) => one.replace(/\W+$/, "")),
    "latency",
  );
  await page.keyboard.press("Enter");
  assert.notEqual(await order(), least);
  await tabTo(page, "summary", "The history", 200, "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.locator("#history tbody tr").first().waitFor();
  assert.equal(await page.locator("#history tbody tr").count(), 20);
  assert.deepEqual(seen.problems, []);
  await close();
}

async function nothingSeriousForAxe({ browser, workshop, assert }) {
  const { url } = workshop.export(workshop.home("axe", 60), "axe");
  const narrow = await openPage(browser, url, { scheme: "dark", width: 390 });
  assert.deepEqual(await axe(narrow.page), [], "dark and narrow");
  await narrow.page.locator("summary", { hasText: "Choose by value" }).click();
  await narrow.page.locator('[data-facet=\'["model","cnn-m"]\']').check();
  await settle(narrow.page);
  assert.equal(await text(narrow.page, ".count-line"), "15 of 60 runs", "values can be chosen on a narrow page");
  await narrow.close();
  for (const scheme of ["light", "dark"]) {
    const { page, close } = await openPage(browser, url, { scheme });
    await page.locator('[data-use="a"]').click();
    await page.locator("#frontier .spot").first().focus();
    await page.keyboard.press("Enter");
    await page.locator('[data-use="b"]').click();
    await page.locator("#filter").fill("(((");
    await settle(page);
    await page.evaluate(() =>
      document.querySelectorAll("details").forEach((one) => {
        one.open = true;
      }),
    );
    await settle(page);
    assert.deepEqual(await axe(page), [], `${scheme}, everything open`);
    await close();
  }
}

async function hostileRecordsAreTexts({ browser, workshop, assert }) {
  const { url } = workshop.export(workshop.home("hostile", 40, "--hostile"), "hostile");
  const { page, seen, close } = await openPage(browser, url);
  const title = await page.title();
  const hostile = await page.evaluate(() =>
    [...document.querySelectorAll("#runs tbody tr")]
      .filter((row) => row.textContent.includes("onerror"))
      .map((row) => row.querySelector("button").textContent),
  );
  assert.ok(hostile.length > 2);
  for (const id of hostile.slice(0, 3)) {
    await page.locator("#runs tbody button", { hasText: id }).click();
    await settle(page);
    await page.evaluate(() =>
      document.querySelectorAll("details").forEach((one) => {
        one.open = true;
      }),
    );
    for (const use of ["a", "b"]) await page.locator(`[data-use="${use}"]`).click();
    await settle(page);
  }
  const markup = `<img src=x onerror="document.title='owned'">`;
  for (const [axis, metric] of [
    ["x", markup],
    ["y", "__proto__"],
    ["x", "upside-down"],
  ]) {
    const select = page.locator(`[data-control="${axis}"]`);
    if (
      await select.locator("option").evaluateAll((options, key) => options.some((one) => one.value === key), metric)
    )
      await select.selectOption(metric);
  }
  await page.locator('[data-control="colour"]').selectOption("scenario");
  await page.locator("#filter").fill(`"${markup.replaceAll('"', "")}" or status == invalid`);
  await settle(page);
  assert.ok((await text(page, "#run")).includes(markup), "it is shown as it is written");
  assert.ok((await text(page, "#run")).includes("\\u202e"), "what turns texts round is shown as its number");
  assert.equal(await page.locator("img, iframe, object, embed, link[rel=stylesheet]").count(), 0);
  assert.equal(await page.evaluate(() => ({}).polluted), undefined);
  assert.equal(await page.title(), title);
  assert.deepEqual(seen.requests, [url]);
  assert.deepEqual(seen.problems, []);
  await close();
}

async function manyRuns({ browser, workshop, assert, say }) {
  const { url, bytes } = workshop.export(workshop.home("many", 2500), "many");
  const times = [];
  for (let i = 0; i < 3; ++i) {
    const { page, close } = await openPage(browser, url);
    times.push(await page.evaluate(() => performance.getEntriesByName("first-chart")[0].startTime));
    if (i === 2) {
      assert.match(await text(page, ".top"), /2,500 runs/);
      assert.match(await text(page, "#history-summary"), /985 cases were run more than once/);
      await page.locator("#filter").fill("threads == 1 and host ~ amd");
      await settle(page);
      assert.equal(await text(page, ".count-line"), "480 of 2,500 runs");
    }
    await close();
  }
  say(
    `2,500 runs: page of ${bytes} bytes (at most 600,000), first chart after ${times.map((one) => one.toFixed(0)).join(", ")} ms (at most 500 on a host that does nothing else)`,
  );
  assert.ok(bytes < 600_000);
}

async function emptyAndPoor({ browser, workshop, assert }) {
  const empty = await openPage(browser, workshop.export(join(workshop.top, "nothing"), "empty").url);
  assert.match(await text(empty.page, ".top"), /No runs/);
  assert.deepEqual(await axe(empty.page), []);
  assert.deepEqual(empty.seen.problems, []);
  await empty.close();
  const home = workshop.home("one", 1);
  const one = await openPage(browser, workshop.export(home, "one").url);
  assert.match(await text(one.page, "#frontier-summary"), /^1 run drawn\. 1 is on the frontier, certainly as far as intervals tell\. It is one run, whose interval/);
  assert.deepEqual(one.seen.problems, []);
  await one.close();
}

async function liveServer({ browser, workshop, assert }) {
  const home = workshop.home("live", 20);
  const records = join(home, "records");
  const last = readdirSync(records).sort().at(-1);
  renameSync(join(records, last), join(home, "later"));
  const server = await workshop.serve(home);
  const { page, seen, close } = await openPage(browser, server.url, { offline: false });
  assert.match(await text(page, ".top"), /19 runs/);
  await page.locator("#filter").fill("status == ok");
  await page.waitForResponse((answer) => answer.url().endsWith("/state"));
  renameSync(join(home, "later"), join(records, last));
  await page.locator(".news button").click({ timeout: 15_000 });
  await page.waitForFunction(() => document.querySelector(".top").textContent.includes("20 runs"));
  assert.equal(await page.locator("#filter").inputValue(), "status == ok", "what the reader typed is still there");
  assert.ok(
    seen.requests.every((url) => url.startsWith(server.url)),
    "it asks its own server only",
  );
  assert.deepEqual(
    seen.problems.filter((one) => !one.includes("favicon")),
    [],
  );
  assert.equal(await server.end(), "SIGINT");
  await page.locator(".news", { hasText: "The server has ended" }).waitFor({ timeout: 15_000 });
  await close();
}

async function pictures({ browser, workshop, assert }) {
  const { url } = workshop.export(workshop.home("pictures", 60), "pictures");
  const chosen = "#a=20260112-092058-0022&b=20260112-093509-0039";
  for (const [width, height] of [
    [1500, 1000],
    [900, 1000],
    [390, 844],
    [320, 700],
  ]) {
    for (const scheme of width === 1500 || width === 390 ? ["light", "dark"] : ["light"]) {
      const { page, close } = await openPage(browser, url + chosen, { width, height, scheme });
      assert.ok((await overflow(page)) <= 0, `${width} pixels are enough`);
      await page.screenshot({ path: join(workshop.output, `page-${width}-${scheme}.png`), fullPage: true });
      await close();
    }
  }
}

export const stories = {
  "an exported page opens from disk without a request": exportOpensFromDisk,
  "standings are those of `reef pareto`": standingsAreThoseOfPareto,
  "everything can be done with the keyboard alone": byKeyboardAlone,
  "axe finds nothing serious": nothingSeriousForAxe,
  "records that are markup are shown as texts": hostileRecordsAreTexts,
  "2,500 runs": manyRuns,
  "no run, one run": emptyAndPoor,
  "the live page takes new runs and notices the end of its server": liveServer,
  "pictures in both schemes, wide and narrow": pictures,
};
