// Warm start: how long the default model's kernels take to be ready on a first visit (a fresh profile) and on the next
// one (the same profile, the browser started anew), and what is still built while a run scores, decodes and trains.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBrowser } from "../scripts/browsers";
import { inbox, openSite } from "../scripts/site";
import { median, row } from "./rows";

const SHAPE = "default model";
/** Kernels listed with their own compile time. */
const SLOWEST = 12;

const rowOf = (task, shape, unit, values) =>
  row({ suite: "warm", task, shape, impl: "proximal", unit }, values);

/** One start of the browser. @returns what bench/visit.ts posts */
async function visit(job, profile, query) {
  const driver = await startBrowser(job.browser, { profile });
  try {
    const said = job.next();
    const page = await driver.open(
      `${job.url}bench/visit.html?${new URLSearchParams(query)}`,
      (kind, text) => kind === "error" && console.error(text),
    );
    const got = await Promise.race([said, page.gone.then((failed) => ({ failed }))]);
    if (got.failed) throw new Error(got.failed);
    return { ...got, version: driver.version };
  } finally {
    await driver.close().catch(() => {});
  }
}

const word = { 1: "first visit", 2: "second visit, same profile" };
const total = (built, part) => Object.values(built.runs).reduce((n, run) => n + run[part].length, 0);

function visitRows(visits) {
  const of = (pick) => visits.map(pick);
  return [1, 2]
    .flatMap((which) => {
      const own = visits.map((pair) => pair[which - 1]);
      const shape = `${SHAPE}, ${word[which]}`;
      return [
        rowOf(
          "kernels that score and decode ready, from the start of their batch",
          shape,
          "s",
          own.map((v) => v.pipelineMs / 1000),
        ),
        rowOf(
          "all kernels ready, those that train built behind the others",
          shape,
          "s",
          own.map((v) => v.allPipelinesMs / 1000),
        ),
        rowOf(
          "a run can begin: files, ceiling, weights, kernels that score and decode",
          shape,
          "s",
          own.map((v) => v.readyMs / 1000),
        ),
      ];
    })
    .concat([
      rowOf(
        "pipelines built with the model",
        SHAPE,
        "pipelines",
        of(([v]) => v.prepared),
      ),
      rowOf(
        "pipelines built later, up to the first step",
        "EDCO and METIS",
        "pipelines",
        of(([v]) => total(v, "firstStep")),
      ),
      rowOf(
        "pipelines built in later steps and rounds",
        "EDCO and METIS",
        "pipelines",
        of(([v]) => total(v, "later")),
      ),
    ]);
}

/** The slowest kernels, compiled one after another. */
function aloneRows(visits) {
  const byKernel = new Map();
  for (const { builds } of visits)
    for (const { kernel, tookMs } of builds) byKernel.set(kernel, [...(byKernel.get(kernel) ?? []), tookMs]);
  const all = visits.map(({ builds }) => builds.reduce((sum, { tookMs }) => sum + tookMs / 1000, 0));
  const slowest = [...byKernel].sort(([, a], [, b]) => median(b) - median(a)).slice(0, SLOWEST);
  return [
    rowOf("all kernels, one after another", SHAPE, "s", all),
    ...slowest.map(([kernel, times]) => {
      const [entry, , overrides] = kernel.split("#");
      return rowOf(`one kernel alone: ${entry}`, overrides, "ms", times);
    }),
  ];
}

/** @returns {Promise<{ rows: object[], adapter: string, browser: string, failures: number }>} */
export async function measureWarm({ browser, rounds }) {
  let say = () => {};
  const site = await openSite([inbox("/__lines", (line) => say(line))], { dev: true });
  const job = { browser, url: site.url, next: () => new Promise((resolve) => (say = resolve)) };
  const visits = [];
  const alone = [];
  let failures = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const profiles = [1, 2].map(() => mkdtempSync(join(tmpdir(), "bench-profile-")));
      try {
        // The runs come after what is timed; on the second visit they would tell nothing new.
        const first = await visit(job, profiles[0], { runs: "1" });
        const second = await visit(job, profiles[0], {});
        visits.push([first, second]);
        alone.push(await visit(job, profiles[1], { alone: "1" }));
        const seconds = [first, second].map(({ allPipelinesMs }) => (allPipelinesMs / 1000).toFixed(2));
        console.error(`round ${round + 1}/${rounds}: kernels ready in ${seconds.join(" s, then ")} s`);
      } catch (thrown) {
        failures++;
        console.error(`FAILED visit: ${thrown.message}`);
      } finally {
        for (const profile of profiles) rmSync(profile, { recursive: true, force: true });
      }
    }
  } finally {
    await site.close();
  }
  const [seen] = visits[0] ?? [];
  return {
    rows: visits.length > 0 ? [...visitRows(visits), ...aloneRows(alone)] : [],
    adapter: seen?.adapter ?? "",
    browser: seen?.version ?? browser,
    failures,
  };
}
