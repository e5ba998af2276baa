// What quantising on load costs and saves, measured on the built-in model and on SmolLM2-135M, kept in
// docs/results/quantised.json. The settings quote these figures; the unit tests hold them to the file.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { startBrowser } from "./browsers";
import { ROOT } from "./build";
import { options } from "./options";
import { fileRoute, inbox, openSite, secret } from "./site";
import { smolLm2 } from "./smollm2/fetch";

const HELP = `Measures the loss of accuracy and the saving of int8 and int4 weights.

  npx tsx scripts/quantised.ts [--only tiny|smollm2] [--browser chromium|firefox]

Writes docs/results/quantised.json (with --only: that part of it).
`;
const FILE = join(ROOT, "docs", "results", "quantised.json");
const SILENCE_S = 900;
const POOLS = ["comm_test", "rl_test"];
/** Written for this measurement, so that no model has it by heart. */
const TEXT = [
  "The ferry to the outer island leaves twice a day, at half past seven and again at four. In winter the second crossing",
  "is cancelled whenever the wind passes thirty knots, and then the baker, the postman and the two children who go to",
  "school in town sleep at the harbour inn. Nobody minds much. The innkeeper lights the stove, puts a pot of soup on it",
  "and asks each guest for one story that he has not heard before. Last year he began to write them down in a blue book,",
  "with the date, the weather and the name of the teller. By March there were forty-one stories, of which nine were about",
  "fog, six about a lost dog and one, told by the younger of the children, about a lighthouse that wished to travel. He",
  "keeps the book behind the counter. When summer comes and the boats are full of strangers, he reads from it on the quay",
  "for anyone who will listen, and he always ends with the lighthouse, because it is the only one with no ending of its own.",
].join(" ");

const rowsOf = (pool) =>
  readFileSync(join(ROOT, "public", "pools", `${pool}.jsonl`), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line, i) => ({ ...JSON.parse(line), sampleId: `${pool} ${i}` }));

/** Runs one job in a page; its results in order. */
async function run(job, routes, browser) {
  const results = [];
  let adapter = "";
  let beat = Date.now();
  let finish;
  const ended = new Promise((resolve) => (finish = resolve));
  const onLine = (line) => {
    beat = Date.now();
    if (line.type === "device") adapter = line.adapter;
    if (line.type === "quantised") results.push(line.result);
    if (line.type === "end") finish(line.reason || null);
  };
  const jobs = { kinds: null, cases: [], bad: [], bases: [], quantised: job };
  const answer = { prefix: "/__jobs", handle: (_, response) => (response.end(JSON.stringify(jobs)), true) };
  const site = await openSite([inbox("/__report", onLine), answer, ...routes], { log: console.log });
  let driver = null;
  let watchdog = null;
  try {
    driver = await startBrowser(browser, { log: console.log });
    const page = await driver.open(`${site.url}conformance.html`, (kind, text) => {
      if (kind === "error" && !text.startsWith("Failed to load resource")) console.log(`page  ${text}`);
    });
    const silent = new Promise((resolve) => {
      watchdog = setInterval(
        () => Date.now() - beat > SILENCE_S * 1000 && resolve("the page went silent"),
        1000,
      );
    });
    const trouble = await Promise.race([ended, page.gone, silent]);
    if (trouble) throw new Error(trouble);
    return { results, adapter, browser: driver.version };
  } finally {
    clearInterval(watchdog);
    await driver?.close().catch(() => {});
    await site.close();
  }
}

function show(title, results) {
  console.log(title);
  for (const { weights, weightBytes, tokens, meanNats, greedy } of results) {
    const right = greedy
      ? `, ${greedy.right} of ${greedy.of} greedy answers right, ${greedy.unchanged} the same as stored`
      : "";
    const size = `${(weightBytes / 2 ** 20).toFixed(2)} MiB`;
    console.log(
      `  ${weights.padEnd(10)} ${size.padStart(11)}  ${meanNats.toFixed(4)} nats a token over ${tokens}${right}`,
    );
  }
}

const { only, browser = "chromium" } = options(HELP, { only: "string", browser: "string" });
const kept = (() => {
  try {
    return JSON.parse(readFileSync(FILE, "utf8"));
  } catch {
    return {};
  }
})();
const out = { ...kept, about: "Written by scripts/quantised.ts.", text: TEXT };
if (only !== "smollm2") {
  const rows = POOLS.flatMap(rowsOf);
  const job = { model: "/models/tiny/", rows, texts: [] };
  const { results, ...on } = await run(job, [], browser);
  out.tiny = { model: "builtin:tiny", rows: POOLS, ...on, results };
  show("tiny", results);
}
if (only !== "tiny") {
  const found = await smolLm2();
  if (found.reason) console.log(`SmolLM2-135M left out: ${found.reason}`);
  else {
    const at = `/${secret()}/${basename(found.path)}`;
    const { results, ...on } = await run(
      { model: at, rows: [], texts: [TEXT] },
      [fileRoute(at, found.path)],
      browser,
    );
    out.smollm2 = { model: basename(found.path), ...on, results };
    show("SmolLM2-135M (Q4_1 and Q8_0 as stored)", results);
  }
}
writeFileSync(FILE, `${JSON.stringify(out, null, 2)}\n`);
console.log(FILE);
