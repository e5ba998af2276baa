// Warm start: how long the default model's kernels take to be ready on a first visit (a fresh profile) and on the next
// one (the same profile, the browser started anew), and what is still built while a run scores, decodes and trains.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBrowser } from "../scripts/browsers";
import { reasonOf } from "../scripts/json";
import { inbox, openSite } from "../scripts/site";
import { median, row, type Measured, type Row } from "./rows";
import type { Visit } from "./visit";

const SHAPE = "default model";
/** Kernels listed with their own compile time. */
const SLOWEST = 12;

const rowOf = (task: string, shape: string, unit: string, values: number[]): Row =>
  row({ suite: "warm", task, shape, impl: "proximal", unit }, values);

type Seen = Visit & { version: string };

interface Job {
  browser: string;
  url: string;
  /** What the page posts next. */
  next: () => Promise<Visit | { failed: string }>;
}

/** One start of the browser: what bench/visit.ts posts. */
async function visit(job: Job, profile: string, query: Record<string, string>): Promise<Seen> {
  const driver = await startBrowser(job.browser, { profile });
  try {
    const said = job.next();
    const page = await driver.open(
      `${job.url}bench/visit.html?${new URLSearchParams(query)}`,
      (kind, text) => kind === "error" && console.error(text),
    );
    const got = await Promise.race([said, page.gone.then((failed) => ({ failed }))]);
    if (got.failed !== undefined) throw new Error(got.failed);
    if (!("builds" in got)) throw new Error("the page ended without figures");
    return { ...got, version: driver.version };
  } finally {
    await driver.close().catch(() => {});
  }
}

const word: Record<number, string> = { 1: "first visit", 2: "second visit, same profile" };
const total = (built: Visit, part: "firstStep" | "later") =>
  Object.values(built.runs).reduce((n, run) => n + run[part].length, 0);

function visitRows(visits: [Seen, Seen][]): Row[] {
  const of = (pick: (pair: [Seen, Seen]) => number) => visits.map(pick);
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
function aloneRows(visits: Seen[]): Row[] {
  const byKernel = new Map<string, number[]>();
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

export async function measureWarm({
  browser,
  rounds,
}: {
  browser: string;
  rounds: number;
}): Promise<Measured> {
  let say: (line: Visit | { failed: string }) => void = () => {};
  const site = await openSite([inbox<Visit | { failed: string }>("/__lines", (line) => say(line))], {
    dev: true,
  });
  const job: Job = { browser, url: site.url, next: () => new Promise((resolve) => (say = resolve)) };
  const visits: [Seen, Seen][] = [];
  const alone: Seen[] = [];
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
        console.error(`FAILED visit: ${reasonOf(thrown)}`);
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
