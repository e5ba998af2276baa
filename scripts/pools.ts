// Writes a designed pool as JSONL files: train, validation and test, with skill and truth of every row.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type * as poolsModule from "../src/data/designed/pools";
import { reasonOf } from "./json";
import { isMain, options, usage } from "./options";
import { loadSource } from "./source";

const HELP = `Writes a pool with a design as files. In a config the same pool is builtin:NAME, builtin:NAME?share=0.4&seed=7.

  npx tsx scripts/pools.ts NAME --out DIR [--share X] [--seed N]

  NAME       wrong-labels, wrong-source, near-duplicates, contradictions, long-tail, needs-first, shifting-mix or
             imbalance
  --share X  how much of the training rows is spoilt, where the design has such a share
  --seed N   other rows of the same design (7)
Each row has prompt, answer, difficulty, skill and truth: known, learnable, or noise (nothing can be learnt from it).
`;

async function main(): Promise<number> {
  const args = options(HELP, { out: "string", share: "string", seed: "string" });
  const [name] = args._;
  const { PARTS, DESIGNED, designedPool, designedRows, isDesigned, jsonl } = await loadSource<
    typeof poolsModule
  >("src/data/designed/pools.ts");
  if (!name || !isDesigned(name))
    usage(HELP, `expected NAME, one of ${DESIGNED.join(", ")}, got "${name ?? ""}"`);
  if (!args.out) usage(HELP, "expected --out");
  const query = new URLSearchParams();
  if (args.share !== undefined) query.set("share", args.share);
  if (args.seed !== undefined) query.set("seed", args.seed);
  try {
    const rows = designedRows(designedPool(query.size > 0 ? `${name}?${query}` : name));
    mkdirSync(args.out, { recursive: true });
    for (const part of PARTS) writeFileSync(join(args.out, `${part}.jsonl`), jsonl(rows[part]));
    console.log(
      `${PARTS.map((part) => `${rows[part].length} ${part}`).join(", ")} rows: ${resolve(args.out)}`,
    );
    return 0;
  } catch (thrown) {
    return usage(HELP, reasonOf(thrown));
  }
}

if (isMain(import.meta.url)) process.exit(await main());
