// Pools with a design, made from a seed: each asks one question of a curriculum and says of every row what can be learnt
// from it. Train, validation and test share no prompt; only training rows are spoilt. `builtin:wrong-labels?share=0.4`
// in a config, or `npx tsx scripts/pools.ts` for the files.
import { LabError } from "../../lib/errors";
import { draws, type Draws } from "./draws";
import { SKILLS, type SkillName } from "./skills";

export const DESIGNED = [
  "wrong-labels",
  "wrong-source",
  "near-duplicates",
  "contradictions",
  "long-tail",
  "needs-first",
  "shifting-mix",
  "imbalance",
] as const;
export type DesignedName = (typeof DESIGNED)[number];

export const PARTS = ["train", "validation", "test"] as const;
export type PoolPart = (typeof PARTS)[number];
/** Rows of each part. */
const SIZES: Record<PoolPart, number> = { train: 400, validation: 100, test: 120 };

export interface DesignedRow {
  id: string;
  prompt: string;
  answer: string;
  difficulty: number;
  skill: SkillName;
  /** noise: nothing can be learnt from it, be its answer wrong or beyond the model. */
  truth: "known" | "learnable" | "noise";
  /** near-duplicates: id of the row that it says again. */
  copyOf?: string;
  /** shifting-mix: when it comes, 0 to 1. */
  time?: number;
}

interface Design {
  /** What `share` means here; null = the design has none. */
  share: { fallback: number; highest: number; of: string } | null;
  train(make: Maker, share: number): Draft[];
  /** Rows of a part for testing. */
  test(make: Maker): Draft[];
}

type Draft = Omit<DesignedRow, "id" | "copyOf"> & { copyOf?: Draft };

const KNOWN: readonly SkillName[] = ["gains", "loses", "boxes", "chain_sum", "cable_loss", "tablet_dose"];
const NEW: readonly SkillName[] = ["free_ports", "link_budget", "drip_volume", "late_fine"];
const TAIL: readonly SkillName[] = [...KNOWN, ...NEW, "bottle_doses", "debt_interest"];

const BAD_SOURCE: readonly SkillName[] = ["drip_volume", "bottle_doses", "debt_interest"];
const GOOD_SOURCE: readonly SkillName[] = ["free_ports", "link_budget", "late_fine"];

/** Makes rows of one part; no prompt comes twice in a pool. */
class Maker {
  constructor(
    readonly r: Draws,
    readonly size: number,
    private readonly seen: Set<string>,
  ) {}

  row(skill: SkillName): Draft {
    const { reach, difficulty, ask } = SKILLS[skill];
    for (let tries = 0; tries < 10_000; tries++) {
      const [prompt, answer] = ask(this.r);
      if (this.seen.has(prompt)) continue;
      this.seen.add(prompt);
      return { prompt, answer, difficulty, skill, truth: reach === "out-of-reach" ? "noise" : reach };
    }
    throw new Error(`the skill ${skill} has no further prompts`);
  }

  /** `count` rows, evenly over the skills. */
  rows(count: number, skills: readonly SkillName[]): Draft[] {
    return Array.from({ length: count }, (_, i) => this.row(skills[i % skills.length]));
  }

  /** Known and new rows in these shares of the part. */
  mix(known: number, fresh: readonly SkillName[] = NEW): Draft[] {
    const count = Math.round(known * this.size);
    return [...this.rows(count, KNOWN), ...this.rows(this.size - count, fresh)];
  }

  /** The row with the answer of another question of its skill: in form right, in fact wrong. */
  spoilt(row: Draft): Draft {
    const result = (answer: string) => answer.slice(answer.lastIndexOf("so ") + 3);
    for (;;) {
      const [, answer] = SKILLS[row.skill].ask(this.r);
      if (result(answer) !== result(row.answer)) return { ...row, answer, truth: "noise" };
    }
  }
}

/** Ways to say the same again; the first of both is the plain one. */
const BEFORE = ["", "Please answer. ", "Question. ", "Now this. ", "Next. "];
const AFTER = ["", " Thanks.", " Be exact.", " Say it.", " Ready?"];
const said = (prompt: string, variant: number) =>
  `${BEFORE[variant % BEFORE.length]}${prompt}${AFTER[Math.floor(variant / BEFORE.length)]}`;

const DESIGNS: Record<DesignedName, Design> = {
  "wrong-labels": {
    share: { fallback: 0.4, highest: 0.6, of: "training rows with a wrong answer" },
    train(make, share) {
      const rows = make.r.shuffle(make.mix(0.4));
      return rows.map((row, i) => (i < Math.round(share * rows.length) ? make.spoilt(row) : row));
    },
    test: (make) => make.mix(0.25),
  },
  // As when files are merged and one of them is bad: its topics are its own, and no question of the test is of them.
  "wrong-source": {
    share: { fallback: 0.5, highest: 0.8, of: "training rows of one source whose answers are all wrong" },
    train(make, share) {
      const wrong = Math.round(share * make.size);
      const known = Math.round((make.size - wrong) / 2);
      return make.r.shuffle([
        ...make.rows(wrong, BAD_SOURCE).map((row) => make.spoilt(row)),
        ...make.rows(known, KNOWN),
        ...make.rows(make.size - wrong - known, GOOD_SOURCE),
      ]);
    },
    test: (make) => make.mix(0.25, GOOD_SOURCE),
  },
  "near-duplicates": {
    share: { fallback: 0.6, highest: 0.8, of: "training rows that say another one again" },
    train(make, share) {
      const variants = BEFORE.length * AFTER.length;
      const copies = Math.round(share * make.size);
      const rows = make.rows(make.size - copies, [...KNOWN, ...NEW, ...NEW]);
      const sources = rows
        .filter(({ truth }) => truth === "learnable")
        .slice(0, Math.ceil(copies / (variants - 1)));
      const again = Array.from({ length: copies }, (_, i): Draft => {
        const source = sources[i % sources.length];
        const variant = 1 + Math.floor(i / sources.length);
        return { ...source, prompt: said(source.prompt, variant), copyOf: source };
      });
      return [...rows, ...again];
    },
    test: (make) => make.mix(0.25),
  },
  contradictions: {
    share: {
      fallback: 0.4,
      highest: 0.8,
      of: "training rows whose prompt comes twice, once with a wrong answer",
    },
    train(make, share) {
      const twins = Math.round((share * make.size) / 2);
      const known = Math.round(0.4 * (make.size - twins));
      const rows = make.r.shuffle([...make.rows(known, KNOWN), ...make.rows(make.size - twins - known, NEW)]);
      return [...rows, ...rows.slice(0, twins).map((row) => make.spoilt(row))];
    },
    test: (make) => make.mix(0.25),
  },
  // Skills by rank: the r-th has a share of 1/r. The known ones are the head; the test asks all alike.
  "long-tail": {
    share: null,
    train(make) {
      const all = TAIL.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
      const counts = TAIL.map((_, i) => Math.round(make.size / (i + 1) / all));
      counts[0] += make.size - counts.reduce((sum, count) => sum + count, 0);
      return TAIL.flatMap((skill, i) => make.rows(counts[i], [skill]));
    },
    test: (make) => make.rows(make.size, TAIL),
  },
  // Added ports are free ports and one step more: whoever cannot do the first has nothing to build on.
  "needs-first": {
    share: null,
    train: (make) => make.mix(0.4, ["free_ports", "added_ports"]),
    test: (make) => make.mix(0.2, ["free_ports", "added_ports", "added_ports"]),
  },
  // In the order of the file the mix goes over from two new skills to two others; the test asks what comes last.
  "shifting-mix": {
    share: null,
    train: (make) =>
      Array.from({ length: make.size }, (_, i) => {
        const time = i / (make.size - 1);
        const late: readonly SkillName[] = ["late_fine", "debt_interest"];
        const early: readonly SkillName[] = ["drip_volume", "bottle_doses"];
        const skill =
          make.r.share() < 0.4 ? make.r.pick(KNOWN) : make.r.pick(make.r.share() < time ? late : early);
        return { ...make.row(skill), time: Number(time.toFixed(3)) };
      }),
    test: (make) =>
      make.mix(0.2, ["late_fine", "debt_interest", "late_fine", "debt_interest", "drip_volume"]),
  },
  imbalance: {
    share: {
      fallback: 0.8,
      highest: 0.95,
      of: "training rows that are known; a third of the rest is out of reach",
    },
    train(make, share) {
      const known = Math.round(share * make.size);
      const hard = Math.round((make.size - known) / 3);
      return [
        ...make.rows(known, KNOWN),
        ...make.rows(hard, ["frame_bytes"]),
        ...make.rows(make.size - known - hard, NEW.slice(0, 2)),
      ];
    },
    test: (make) => make.mix(0.25, NEW.slice(0, 2)),
  },
};

/** A designed pool as a config names it: `wrong-labels?share=0.4&seed=7&test=validation`. */
export interface DesignedPool {
  name: DesignedName;
  share: number;
  seed: number;
  /** The part that the lab tests with. */
  test: "test" | "validation";
}

const DEFAULT_SEED = 7;

/** Whether a name belongs to a designed pool, right or wrong as its settings may be. */
export const isDesigned = (name: string): boolean => DESIGNED.some((known) => known === name.split("?")[0]);

/** @throws LabError "data" for settings that the design does not have */
export function designedPool(source: string): DesignedPool {
  const [name, query = ""] = source.split("?") as [DesignedName, string?];
  const { share: allowed } = DESIGNS[name];
  const found: DesignedPool = { name, share: allowed?.fallback ?? 0, seed: DEFAULT_SEED, test: "test" };
  const refuse = (key: string, wanted: string, got: string): never => {
    throw new LabError(
      "data",
      `builtin:${source}: ${key}: expected ${wanted}, got ${got}.`,
      `Correct it, or leave it out.`,
    );
  };
  for (const [key, value] of new URLSearchParams(query)) {
    const number = value.trim() === "" ? NaN : Number(value);
    if (key === "share" && allowed) {
      if (!(number >= 0 && number <= allowed.highest))
        refuse(key, `a number from 0 to ${allowed.highest} (${allowed.of})`, value);
      found.share = number;
    } else if (key === "seed") {
      if (!Number.isInteger(number) || number < 0 || number > 4294967295)
        refuse(key, "a whole number ≥ 0", value);
      found.seed = number;
    } else if (key === "test") {
      if (value !== "test" && value !== "validation") return refuse(key, "test or validation", value);
      found.test = value;
    } else refuse(key, `one of ${allowed ? "share, " : ""}seed, test`, `“${key}”`);
  }
  return found;
}

/** All parts of a pool. Rows are shuffled, but for a mix that shifts with time. */
export function designedRows({
  name,
  share,
  seed,
}: Omit<DesignedPool, "test">): Record<PoolPart, DesignedRow[]> {
  const seen = new Set<string>();
  const design = DESIGNS[name];
  // What is tested is made first: then it does not depend on how the training rows are spoilt.
  const made = (["test", "validation", "train"] as const).map((part) => {
    const make = new Maker(draws(seed, `${name} ${part}`), SIZES[part], seen);
    const drafts = part === "train" ? design.train(make, share) : design.test(make);
    const ordered = drafts.some(({ time }) => time !== undefined) ? drafts : make.r.shuffle(drafts);
    return [part, numbered(ordered, `${name}-${part}`)] as const;
  });
  return Object.fromEntries(made) as Record<PoolPart, DesignedRow[]>;
}

function numbered(drafts: readonly Draft[], stem: string): DesignedRow[] {
  const ids = new Map(drafts.map((draft, i) => [draft, `${stem}-${String(i).padStart(3, "0")}`]));
  return drafts.map(({ copyOf, ...row }, i) => ({
    id: ids.get(drafts[i]) ?? "",
    ...row,
    ...(copyOf ? { copyOf: ids.get(copyOf) } : {}),
  }));
}

/** Rows as a JSONL file. */
export const jsonl = (rows: readonly DesignedRow[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** The two parts that the lab reads, as files. */
export function designedFiles(source: string): Record<"train" | "test", string> {
  const pool = designedPool(source);
  const rows = designedRows(pool);
  return { train: jsonl(rows.train), test: jsonl(rows[pool.test]) };
}
