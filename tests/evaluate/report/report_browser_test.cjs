// report_browser_test.cjs BROWSER PAGE.html...: each page at phone and desktop width, in light, dark and print, with and
// without script: no console message, no request, no horizontal scrolling, no axe-core violation, every chart drawn.
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const views = [
  { name: "phone", viewport: { width: 360, height: 800 } },
  { name: "small phone", viewport: { width: 320, height: 640 } },
  { name: "desktop", viewport: { width: 1280, height: 900 } },
  { name: "dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
];

const open = async (browser, url, options) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const seen = [];
  page.on("console", message => seen.push(`console: ${message.text()}`));
  page.on("pageerror", error => seen.push(`error: ${error.message}`));
  page.on("dialog", dialog => { seen.push("dialog"); dialog.dismiss(); });
  page.on("request", request => { if (request.url() !== url) seen.push(`request: ${request.url()}`); });
  await page.goto(url);
  return { context, page, seen };
};

// Colours of a screenshot, sampled: a blank one has a single colour.
const colours = (page, png) => page.evaluate(async base64 => {
  const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const found = new Set();
  for (let i = 0; i < data.length; i += 4) found.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  return found.size;
}, png.toString("base64"));

const checkLook = async (page, place) => {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(width[0] <= width[1], `${place}: scrolls sideways, ${width[0]} > ${width[1]}`);
  const drawn = await page.evaluate(() => [...document.querySelectorAll(".plot")].map(plot =>
    [...plot.querySelectorAll("svg[role=img]")].some(svg =>
      svg.querySelector("path, circle") && svg.getBoundingClientRect().width > 100)));
  assert.ok(drawn.length > 8 && drawn.every(Boolean), `${place}: charts not drawn: ${drawn}`);
  const shades = await colours(page, await page.screenshot());
  assert.ok(shades > 20, `${place}: the screenshot has only ${shades} colours`);
};

const checkAccess = async (page, place) => {
  await page.evaluate(() => { for (const details of document.querySelectorAll("details")) details.open = true; });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map(v => `${v.id}: ${v.nodes[0].html}`), [], place);
};

const checkScrubber = async (page, place) => {
  const scrub = page.locator(".scrub").first();
  await scrub.locator("input").fill("2");
  const hole = page.locator(".hole", { has: scrub }).first();
  const tokens = await hole.locator("[data-order]").count();
  assert.equal(await hole.locator(".masked").count(), tokens - 2, `${place}: masked at step 2`);
  await scrub.locator("button").click();
  await page.waitForFunction(() => document.querySelectorAll(".masked").length === 0);
};

const checkPage = async (browser, file, shown) => {
  const url = pathToFileURL(file).href;
  for (const { name, ...options } of shown) {
    const place = `${file}, ${name}`;
    const { context, page, seen } = await open(browser, url, options);
    await checkLook(page, place);
    assert.deepEqual(seen, [], place);  // before the probes below, which the page's policy may refuse
    await checkAccess(page, place);
    if (name === "phone") await checkScrubber(page, place);
    await page.emulateMedia({ media: "print" });
    const closed = await page.evaluate(() => [...document.querySelectorAll("details")].filter(details => {
      details.open = false;
      return details.querySelector("table").getBoundingClientRect().height === 0;
    }).length);
    assert.equal(closed, 0, `${place}: printing leaves sections closed`);
    await context.close();
  }
  const { context, page, seen } = await open(browser, url, { javaScriptEnabled: false });
  assert.ok(await page.locator(".hole pre").first().isVisible(), `${file}: no holes without script`);
  assert.ok(await page.locator("table").count() > 10, `${file}: no tables without script`);
  assert.deepEqual(seen, [], `${file} without script`);
  await context.close();
};

const main = async () => {
  const [executablePath, ...files] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    // axe takes seconds a page on a busy machine: the first page in every view, the others in the narrowest and the dark one.
    for (const [i, file] of files.entries()) {
      await checkPage(browser, file, views.filter(({ name }) => i === 0 || name === "phone" || name === "dark"));
    }
  } finally {
    await browser.close();
  }
};

main().catch(error => {
  console.error(error.message);
  process.exitCode = 1;
});
