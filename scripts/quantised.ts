// What quantising on load costs and saves, measured on the built-in model and on SmolLM2-135M, kept in
// docs/results/quantised.json. The settings quote these figures; the unit tests hold them to the file.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { ConformanceJobs, ConformanceLine } from "../src/conformance/page";
import type { QuantisedJob, QuantisedResult } from "../src/conformance/quantised";
import { ROOT } from "./build";
import { readJson, readLines, writeJson } from "./json";
import { options } from "./options";
import type { Route } from "./serve";
import { answer, fileRoute, secret } from "./site";
import { smolLm2 } from "./smollm2/fetch";
import { watchPage } from "./watched";

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

type PoolRow = QuantisedJob["rows"][number];
const rowsOf = (pool: string): PoolRow[] =>
  readLines<PoolRow>(join(ROOT, "public", "pools", `${pool}.jsonl`)).map((row, i) => ({
    ...row,
    sampleId: `${pool} ${i}`,
  }));

/** Runs one job in a page; its results in order. */
async function run(job: QuantisedJob, routes: Route[], browser: string) {
  const results: QuantisedResult[] = [];
  let adapter = "";
  const jobs: ConformanceJobs = { kinds: null, cases: [], bad: [], bases: [], quantised: job };
  const {
    end,
    trouble,
    browser: version,
  } = await watchPage<ConformanceLine, string>({
    browser,
    page: "conformance.html",
    inbox: "/__report",
    routes: [answer("/__jobs", () => jobs), ...routes],
    silenceS: SILENCE_S,
    awaited: "result",
    log: console.log,
    take(line, ended) {
      if (line.type === "device") adapter = line.adapter;
      if (line.type === "quantised") results.push(line.result);
      if (line.type === "end") ended(line.reason);
    },
  });
  const reason = end || trouble;
  if (reason) throw new Error(reason);
  return { results, adapter, browser: version };
}

function show(title: string, results: QuantisedResult[]) {
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
type Part = Awaited<ReturnType<typeof run>> & { model: string; rows?: string[] };
const kept = existsSync(FILE) ? readJson<{ tiny?: Part; smollm2?: Part }>(FILE) : {};
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
  if (found.reason !== undefined) console.log(`SmolLM2-135M left out: ${found.reason}`);
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
writeJson(FILE, out, 2);
console.log(FILE);
