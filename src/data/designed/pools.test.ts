// Every design keeps its word: sizes, truth, shares, and parts that share nothing.
import { describe, expect, it } from "vitest";
import { loadPool } from "../builtin";
import { draws } from "./draws";
import { DESIGNED, PARTS, designedPool, designedRows, isDesigned, type DesignedRow } from "./pools";
import { SKILLS } from "./skills";

const rowsOf = (source: string) => designedRows(designedPool(source));
const result = (answer: string) => answer.slice(answer.lastIndexOf("so ") + 3);
const noise = (rows: readonly DesignedRow[]) =>
  rows.filter(({ truth }) => truth === "noise").length / rows.length;

function grouped(rows: readonly DesignedRow[], of: (row: DesignedRow) => string): Map<string, DesignedRow[]> {
  const groups = new Map<string, DesignedRow[]>();
  for (const row of rows) groups.set(of(row), [...(groups.get(of(row)) ?? []), row]);
  return groups;
}

/** Whether every "a+b=c" in an answer is true. */
function addsUp(answer: string): boolean {
  const steps = [...answer.matchAll(/(\d+)([-+*/])(\d+)=(\d+)/g)];
  return steps.every(([, a, sign, b, c]) => {
    const [x, y] = [Number(a), Number(b)];
    return { "+": x + y, "-": x - y, "*": x * y, "/": x / y }[sign] === Number(c);
  });
}

describe("skills", () => {
  it.each(Object.entries(SKILLS))(
    "%s: worked answers add up and use the question's numbers",
    (_, { ask }) => {
      const r = draws(3, "test");
      for (let i = 0; i < 50; i++) {
        const [prompt, answer] = ask(r);
        expect(addsUp(answer), answer).toBe(true);
        const first = /^\d+/.exec(answer)?.[0] ?? "";
        if (answer.includes("=")) expect(prompt.match(/\d+/g)).toContain(first);
        else
          expect(
            prompt
              .match(/\d+/g)!
              .map(Number)
              .reduce((a, b) => a * b),
          ).toBe(parseInt(answer));
      }
    },
  );
});

describe("every design", () => {
  it.each(DESIGNED)("%s: the same seed the same rows, another seed others", (name) => {
    expect(rowsOf(name)).toEqual(rowsOf(name));
    expect(rowsOf(`${name}?seed=8`).test).not.toEqual(rowsOf(name).test);
  });
  it.each(DESIGNED)("%s: parts share no prompt, tests are clean, and each row says what it is", (name) => {
    const parts = rowsOf(name);
    expect(PARTS.map((part) => parts[part].length)).toEqual([400, 100, 120]);
    const prompts = PARTS.map((part) => new Set(parts[part].map(({ prompt }) => prompt)));
    for (const a of [0, 1, 2])
      for (const b of [0, 1, 2])
        if (a !== b) for (const prompt of prompts[a]) expect(prompts[b]).not.toContain(prompt);
    for (const part of ["validation", "test"] as const) {
      expect(noise(parts[part])).toBe(0);
      expect(prompts[PARTS.indexOf(part)].size).toBe(parts[part].length);
    }
    const ids = PARTS.flatMap((part) => parts[part].map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const row of parts.train)
      expect(row).toMatchObject({ truth: expect.any(String), skill: expect.any(String) } as object);
  });
});

describe("what is designed", () => {
  it.each([0.2, 0.5, 0.8])("wrong-source: %d of the training rows, on topics of their own", (share) => {
    const { train, test } = rowsOf(`wrong-source?share=${share}`);
    expect(noise(train)).toBeCloseTo(share, 12);
    const topics = (noisy: boolean) =>
      new Set(train.filter(({ truth }) => (truth === "noise") === noisy).map(({ skill }) => skill));
    for (const topic of topics(true)) expect(topics(false)).not.toContain(topic);
    for (const { skill } of test) expect(topics(false)).toContain(skill);
  });

  it.each([0, 0.2, 0.6])("wrong-labels: %d of the training rows are wrong, on ordinary prompts", (share) => {
    const { train, test } = rowsOf(`wrong-labels?share=${share}`);
    expect(noise(train)).toBeCloseTo(share, 12);
    const spoilt = new Set(train.filter(({ truth }) => truth === "noise").map(({ skill }) => skill));
    if (share > 0) expect([...spoilt].sort()).toEqual([...new Set(train.map(({ skill }) => skill))].sort());
    // The test does not depend on how much of the training is spoilt.
    expect(test).toEqual(rowsOf("wrong-labels").test);
  });
  it("contradictions: a prompt that comes twice is answered in two ways, one of them noise", () => {
    const { train } = rowsOf("contradictions?share=0.4");
    const byPrompt = grouped(train, ({ prompt }) => prompt);
    const twins = [...byPrompt.values()].filter((rows) => rows.length > 1);
    expect((2 * twins.length) / train.length).toBeCloseTo(0.4, 12);
    for (const [a, b] of twins) {
      expect(result(a.answer)).not.toBe(result(b.answer));
      expect([a, b].filter(({ truth }) => truth === "noise")).toHaveLength(1);
    }
  });
  it("near-duplicates: a copy has its source's answer and nearly its words", () => {
    const { train } = rowsOf("near-duplicates?share=0.6");
    const byId = new Map(train.map((row) => [row.id, row]));
    const copies = train.filter(({ copyOf }) => copyOf);
    expect(copies.length / train.length).toBeCloseTo(0.6, 12);
    for (const copy of copies) {
      const source = byId.get(copy.copyOf!)!;
      expect(copy.answer).toBe(source.answer);
      expect(copy.prompt).toContain(source.prompt);
      expect(copy.prompt).not.toBe(source.prompt);
    }
    expect(new Set(train.map(({ prompt }) => prompt)).size).toBe(train.length);
  });
  it("long-tail: the most frequent skill is known and twelve times as frequent as the rarest", () => {
    const counts = grouped(rowsOf("long-tail").train, ({ skill }) => skill);
    const sizes = [...counts.values()].map((rows) => rows.length);
    expect(counts.size).toBe(12);
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeGreaterThan(10);
    expect(counts.get("gains")!.length).toBe(Math.max(...sizes));
  });
  it("needs-first: the answer of the second skill begins with the work of the first", () => {
    const { train } = rowsOf("needs-first");
    const second = train.filter(({ skill }) => skill === "added_ports");
    expect(second.length).toBe(120);
    for (const { answer } of second)
      expect(answer).toMatch(/^\d+\*\d+=\d+, \d+-\d+=\d+, \d+\+\d+=\d+, so \d+ ports$/);
    expect(train.filter(({ skill }) => skill === "free_ports").length).toBe(120);
  });
  it("shifting-mix: early rows are of other skills than late ones, and time runs on", () => {
    const { train } = rowsOf("shifting-mix");
    expect(train.map(({ time }) => time)).toEqual(train.map(({ time }) => time).sort((a, b) => a! - b!));
    const late = (rows: readonly DesignedRow[]) => {
      const fresh = rows.filter(({ truth }) => truth === "learnable");
      return (
        fresh.filter(({ skill }) => ["late_fine", "debt_interest"].includes(skill)).length / fresh.length
      );
    };
    expect(late(train.slice(0, 100))).toBeLessThan(0.3);
    expect(late(train.slice(300))).toBeGreaterThan(0.7);
  });
  it("imbalance: as many known rows as asked, a third of the rest out of reach", () => {
    const { train } = rowsOf("imbalance?share=0.85");
    const of = (truth: string) => train.filter((row) => row.truth === truth).length;
    expect([of("known"), of("learnable"), of("noise")]).toEqual([340, 40, 20]);
  });
});

describe("names in a config", () => {
  it.each([
    ["wrong-labels?share=0.7", "share: expected a number from 0 to 0.6"],
    ["wrong-labels?share=", "share: expected a number"],
    ["long-tail?share=0.1", "expected one of seed, test, got “share”"],
    ["imbalance?seed=1.5", "seed: expected a whole number ≥ 0, got 1.5"],
    ["imbalance?test=train", "test: expected test or validation, got train"],
  ])("refuses %s", (source, message) => {
    expect(() => designedPool(source)).toThrow(message);
  });
  it("knows its own names only", () => {
    expect(["imbalance", "imbalance?seed=1", "needle", "?seed=1"].map(isDesigned)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
  it("are read as any built-in pool, with the part for testing that was asked for", async () => {
    const fetch = () => Promise.reject(new Error("nothing is fetched"));
    const pool = await loadPool(null, "wrong-labels?share=0.2&test=validation", "http://lab/", { fetch });
    const rows = rowsOf("wrong-labels?share=0.2");
    expect(
      pool.train.map(({ sampleId, prompt, answer, extra }) => [sampleId, prompt, answer, extra.truth]),
    ).toEqual(rows.train.map(({ id, prompt, answer, truth }) => [id, prompt, answer, truth]));
    expect(pool.test.map(({ sampleId }) => sampleId)).toEqual(rows.validation.map(({ id }) => id));
    expect(pool.train[0].tags).toContain(rows.train[0].truth);
  });
});
