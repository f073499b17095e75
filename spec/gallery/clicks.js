// clicks.js: a person in front of the gallery's page, in a real browser.
//   node clicks.js FOLDER CHROMIUM
// FOLDER: what pages.lua made, opened from the disk. Waits for conditions, with
// generous limits; the last line is "N passed, N failed".
"use strict";
const { chromium } = require("playwright-core");
const [folder, executable] = process.argv.slice(2);
const LIMIT = 120000;
let passed = 0, failed = 0;

function equal(wanted, found, what) {
  const [a, b] = [JSON.stringify(wanted), JSON.stringify(found)];
  if (a !== b) throw new Error(`${what}: wanted ${a}, found ${b}`);
}
function truthy(value, what) {
  if (!value) throw new Error(what);
}

const tests = [];
const test = (name, run, options) => tests.push({ name, run, options });
const cards = (page) => page.locator("figure").count();
const count = (page) => page.textContent("#count");
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
async function until(page, condition, argument) {
  await page.waitForFunction(condition, argument, { timeout: LIMIT });
}
async function search(page, words, wanted) {
  await page.fill("#search", words);
  await until(page, (text) => document.getElementById("count").textContent === text, wanted);
}

test("opens from the disk, asks nobody, and runs nothing that a prompt brought", async (page, seen) => {
  equal("A <b>title</b> & more", await page.title(), "title");
  equal("A <b>title</b> & more", await page.textContent("h1"), "heading");
  equal("5,000 files \u00b7 42,500 credits", await count(page), "count");
  await search(page, "markup", "1 of 5,000 files \u00b7 8.5 credits");
  await page.click("figure button");
  await until(page, () => document.querySelector("#stage img").naturalWidth > 0);
  equal(undefined, await page.evaluate(() => window.pwned), "pwned");
  equal([], seen.urls.filter((url) => !url.startsWith("file:")), "requests");
  equal([], seen.errors, "errors");
});

test("shows every text as it was, and U+FFFD for what is none", async (page) => {
  const texts = {
    markup: "markup </script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>",
    comment: "comment <!-- <script> --> &amp; &#60; \"quoted\" 'too' @style@ %1",
    invalid: "invalid \ufffd\ufffd bytes \ufffd\ufffd\ufffd and a \0 byte",
    mirrored: "mirrored \u202etxet\u202c منظر طبيعي",
    separators: "separators \u2028 and \u2029 in it",
  };
  for (const [word, text] of Object.entries(texts)) {
    await search(page, word, "1 of 5,000 files \u00b7 8.5 credits");
    equal(text, await page.locator(".prompt").textContent(), word);
  }
  await search(page, "18446744073709551615", "1 of 5,000 files \u00b7 8.5 credits");
  truthy((await page.locator("figure small").textContent()).startsWith("seed 18446744073709551615 \u00b7 "), "seed");
});

test("draws 5,000 entries chunk by chunk, and loads pictures when they come near", async (page, seen) => {
  const first = await cards(page);
  truthy(first >= 60 && first < 1000, "cards at first: " + first);
  truthy(seen.urls.length < 500, "requests at first: " + seen.urls.length);
  for (let turn = 1; turn <= 3; turn++) {
    const before = await cards(page);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await until(page, (n) => document.querySelectorAll("figure").length > n, before);
  }
});

test("finds by all words, and says when nothing matches", async (page) => {
  await search(page, "NUMBER lighthouse 4321", "1 of 5,000 files \u00b7 8.5 credits");
  equal(1, await cards(page), "cards");
  await search(page, "number 4321 nowhere", "0 of 5,000 files");
  equal("Nothing matches.", await page.textContent(".none"), "words");
  await page.press("#search", "Escape");
  await until(page, () => document.querySelectorAll("figure").length >= 60);
  equal("", await page.inputValue("#search"), "search");
});

test("filters by model and kind, and sorts", async (page) => {
  await page.selectOption("#model", "flux-2-pro");
  equal("1,667 of 5,000 files \u00b7 14,169.5 credits", await count(page), "model");
  equal(["flux-2-pro"], await page.evaluate(() =>
    [...new Set([...document.querySelectorAll("figure b")].map((b) => b.textContent))]), "models");
  await page.selectOption("#model", "");
  await page.selectOption("#kind", "clips");
  equal("1 of 5,000 files \u00b7 8.5 credits", await count(page), "clips");
  await page.selectOption("#kind", "");
  for (const [order, label] of [["oldest", "shot/5000"], ["newest", "shot/1"], ["seconds", "shot/89"]]) {
    await page.selectOption("#order", order);
    equal(label, await page.locator("figure .label").first().textContent(), order);
  }
});

test("goes by keys: search, cards, viewer and back", async (page) => {
  await page.keyboard.press("/");
  equal("search", await page.evaluate(() => document.activeElement.id), "focus");
  await page.keyboard.type("number 12");
  await page.keyboard.press("ArrowDown");
  equal("Open a lighthouse, number 12", await focused(page), "first");
  await page.keyboard.press("ArrowRight");
  equal("Open a lighthouse, number 112", await focused(page), "right");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  const below = await focused(page);
  truthy(below !== "Open a lighthouse, number 12", "down");
  await page.keyboard.press("ArrowUp");
  equal("Open a lighthouse, number 12", await focused(page), "up");
  await page.keyboard.press("Enter");
  equal("a lighthouse, number 12", await page.textContent("#text"), "viewer");
  await page.keyboard.press("ArrowRight");
  equal("a lighthouse, number 112", await page.textContent("#text"), "next");
  await page.keyboard.press("Escape");
  // The browser gives the focus back to the card that opened it; then the page
  // hears of the end, and moves it to the one that was shown last.
  await until(page, () => !document.getElementById("viewer").open
    && document.activeElement.getAttribute("aria-label") === "Open a lighthouse, number 112");
});

test("tells in the viewer what is known, ends at both ends", async (page) => {
  await search(page, "shot/6", "111 of 5,000 files \u00b7 943.5 credits");
  await page.locator("figure button").first().click();
  const facts = Object.fromEntries(await page.evaluate(() =>
    [...document.querySelectorAll("#facts tr")].map((row) => [...row.cells].map((cell) => cell.textContent))));
  equal(["18446744073709551615", "3 s", "8.5 credits", "shot/6", "lx_task_6"],
    [facts.seed, facts.seconds, facts.credits, facts.key, facts.task], "facts");
  equal("1 of 111", await page.textContent("#place"), "place");
  truthy(await page.isDisabled("#previous"), "a previous one of the first");
  await page.keyboard.press("End");
  equal("111 of 111", await page.textContent("#place"), "last");
  truthy(await page.isDisabled("#next"), "a next one of the last");
  await page.click("#close");
  await until(page, () => document.activeElement.closest("figure") !== null);
});

test("is light or dark as asked, and keeps it", async (page) => {
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.click("#theme");
  const dark = await paper();
  truthy(light !== dark, "dark is " + dark);
  await page.reload();
  equal(dark, await paper(), "after a reload");
  await page.click("#theme");
  equal(light, await paper(), "light");
});

test("is dark where the system is", async (page) => {
  equal("rgb(19, 21, 25)", await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "paper");
}, { colorScheme: "dark" });

test("says that a file is gone", async (page) => {
  await search(page, "shot/7", "111 of 5,000 files \u00b7 943.5 credits");
  await until(page, () => document.querySelector("figure").classList.contains("gone"));
  await page.locator("figure button").first().click();
  await until(page, () => document.querySelector("#stage p") !== null);
});

test("plays a clip under the mouse", async (page) => {
  await search(page, "colours", "1 of 5,000 files \u00b7 8.5 credits");
  await until(page, () => document.querySelector("figure video").readyState >= 2);
  await page.hover("figure");
  await until(page, () => !document.querySelector("figure video").paused);
  await page.hover("h1");
  await until(page, () => document.querySelector("figure video").paused);
});

test("finds files beside its folder, in the order that was given", async (page) => {
  await page.goto("file://" + folder + "/sub/few.html");
  await until(page, () => [...document.images].length === 2 && [...document.images].every((image) => image.naturalWidth > 0));
  equal(["first", "second"], await page.locator(".prompt").allTextContents(), "prompts");
  await page.selectOption("#order", "newest");
  equal(["second", "first"], await page.locator(".prompt").allTextContents(), "newest first");
});

for (const width of [400, 1200, 2000]) {
  test(`fits ${width} pixels`, async (page) => {
    const wide = await page.evaluate(() => [...document.querySelectorAll("body > *, figure, .tools > *")]
      .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5).map((node) => node.tagName));
    equal([], wide, "beyond the edge");
    await page.locator("figure button").first().click();
    const outside = await page.evaluate(() => [...document.querySelectorAll("#viewer button:not([hidden])")]
      .filter((node) => node.getBoundingClientRect().right > innerWidth).length);
    equal(0, outside, "buttons beyond the edge");
  }, { viewport: { width, height: 900 } });
}

async function run_one(browser, { name, run, options }) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, colorScheme: "light", ...options });
  const page = await context.newPage(), seen = { urls: [], errors: [] };
  page.setDefaultTimeout(LIMIT);
  page.on("request", (request) => seen.urls.push(request.url()));
  page.on("pageerror", (error) => seen.errors.push(error.message));
  try {
    await page.goto("file://" + folder + "/index.html");
    await until(page, () => document.querySelector("figure") !== null);
    await run(page, seen);
    passed++;
    console.log("ok      " + name);
  } catch (error) {
    failed++;
    console.log("FAILED: " + name + "\n" + error.message);
  }
  await context.close();
}

(async () => {
  // Root has no use for Chromium's sandbox; containers have a small /dev/shm.
  const browser = await chromium.launch({ executablePath: executable, timeout: LIMIT,
    args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  for (const entry of tests) await run_one(browser, entry);
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
})().catch((error) => {
  console.log(error.message);
  console.log(`${passed} passed, ${failed + 1} failed`);
  process.exitCode = 1;
});
