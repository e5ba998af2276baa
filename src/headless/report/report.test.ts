// The report shows what the log has, leaves out what it has not, and lets nothing of it become markup.
import { expect, it } from "vitest";
import type { RunEvent } from "../../lib/events";
import { firstPictures } from "../../pictures/first";
import { frameOf } from "../../pictures/frame";
import { laterPictures } from "../../pictures/later";
import { byPlace } from "../../pictures/picture";
import { IDENTITY, METIS_LOG, SFT_LOG } from "../sampleLog";
import { summarize } from "../summary";
import { report } from "./report";

const bytes = { planned: 1, created: 2 };
const html = report(SFT_LOG, summarize(SFT_LOG, bytes));
const sections = (page: string) => [...page.matchAll(/<section id="([\w-]+)"/g)].map((m) => m[1]);

const applying = (log: readonly RunEvent[]): string[] => {
  const frame = frameOf(log, []);
  return byPlace([...firstPictures, ...laterPictures])
    .filter((picture) => picture.applies(frame))
    .map(({ id }) => id);
};

it("shows the page's pictures, those it has data for", () => {
  expect(sections(html)).toEqual(["outcome", ...applying(SFT_LOG), "picks", "answers", "config"]);
  for (const id of ["study", "pays", "surer", "learning", "cost", "frequency", "ranks", "difficulty"])
    expect(sections(html)).toContain(id);
});

it("leaves out what a log that breaks off has no data for", () => {
  const log = SFT_LOG.slice(0, 3);
  expect(sections(report(log, summarize(log, bytes)))).toEqual(["outcome", "pays", "config"]);
});

it("draws the baseline in grey, as the page does", () => {
  const [started, ...rest] = SFT_LOG;
  const other = [{ ...started, config: { curriculum: { strategy: "random" } } } as RunEvent, ...rest];
  const page = report(SFT_LOG, summarize(SFT_LOG, bytes), other);
  expect(page).toMatch(/data-series="random"><path d="[^"]+" fill="var\(--random\)"/);
  expect(page).toContain("random order, whole run");
  expect(html).not.toMatch(/data-series="random"|whole run/);
});

it("reads the data aloud", () => {
  expect(html).toContain("accuracy 0 % before, 50 % after");
  expect(html).toContain("Round 2 picked 2 of 4: 1 for the first time, 1 also in round 1.");
  expect(html).toContain("4 picks fell on 3 of 4 samples (75 %); random order would reach 75 %");
});

it("explains no glossary word, and leaves no mark of one", () => {
  expect(html).toContain("questions by entropy");
  expect(html).not.toMatch(/\[\[|\]\]/);
});

it("says what the run was made of, where the log does", () => {
  expect(html).not.toContain("SHA-256");
  const [started, ...rest] = SFT_LOG;
  const log = [{ ...started, identity: IDENTITY } as RunEvent, ...rest];
  const page = report(log, summarize(log, bytes));
  expect(page).toContain("pool.jsonl, 4 rows, SHA-256 a1b2");
  expect(page).toContain("test.jsonl, 2 rows, SHA-256 c3d4");
  expect(page).toContain("builtin:tiny, SHA-256 e5f6");
  expect(page).toContain("0.1.0 (1a2b3c4d5e6f)");
});

it("compares before and after on the same questions, with test, n and interval", () => {
  expect(html).toMatch(
    /After − before on the same questions: \+50\.0 points \[.*\], McNemar’s exact test on 2 questions of one seed \(1 against 0\), p = 1\.00/,
  );
});

it("tells the mean accuracy on the way and what thresholds had cost", () => {
  expect(html).toMatch(
    /Over all these tokens it was \d+ % in the mean; 50 % after \d+ and 80 % was not reached\./,
  );
});

it("escapes names, prompts and answers", () => {
  expect(html).toContain("<title>tiny &amp; small</title>");
  expect(html).toContain("2 + 2 &lt;b&gt;?");
  expect(html).not.toContain("<b>");
});

it("needs no network", () => {
  expect(html).not.toMatch(/<(script|link|img|iframe)\b/);
  expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:/);
});

it("shows groups and forecasts where there are any", () => {
  const log = [...SFT_LOG.slice(0, 2), ...METIS_LOG];
  const page = report(log, summarize(log, bytes));
  for (const id of ["choice", "parabola", "frontier", "forecast", "rollouts"])
    expect(sections(page)).toContain(id);
  expect(page).toContain("Of 4 groups, 25 % have no variance and teach nothing");
  expect(page).toContain("1 of 4 forecasts could not be read");
  // Nothing was timed by part and no judgment was kept word for word, so nothing claims to show them.
  expect(sections(page)).not.toContain("step-time");
  expect(sections(page)).not.toContain("judgments");
});

it("spells out judgments and rollouts without letting them become markup", () => {
  const [judged, ...rest] = METIS_LOG;
  if (judged.type !== "step.judged") throw new Error("the log begins with a judged step");
  const shown = [{ sample: 0, context: "Q: <i>a</i> V?", judgment: "<b>0.25</b>", forecast: null }];
  const log = [...SFT_LOG.slice(0, 2), { ...judged, shown }, ...rest];
  const page = report(log, summarize(log, bytes));
  expect(sections(page)).toContain("judgments");
  expect(page).toContain("Q: &lt;i&gt;a&lt;/i&gt; V?<mark>&lt;b&gt;0.25&lt;/b&gt;</mark>");
  expect(page).not.toMatch(/<[ib]>/);
});

it("says that a broken run was not finished", () => {
  const log = SFT_LOG.slice(0, 4);
  expect(report(log, summarize(log, bytes))).toContain("The run was not finished: failed");
  expect(report([], summarize([], bytes))).toContain("A run");
});
