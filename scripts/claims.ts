// Writes the figures in README and docs: everything between `<!-- claims:NAME -->` and `<!-- /claims -->` is
// computed from the committed results, including the wording of differences. Do not edit text between the markers
// by hand.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./build";
import { performanceBlocks } from "./claims/performance";
import { rewardBlocks } from "./claims/rewards";
import { supervisedBlocks } from "./claims/supervised";
import { statistics } from "./comparisons";
import { readJson, readLines } from "./json";
import { isMain, options } from "./options";
import type { Block, Blocks, Results, Statistics } from "./results";

const HELP = `Compares README.md and docs with the committed results.

  npx tsx scripts/claims.ts [--write]

  --write   puts the computed text in place; without it, what differs is printed and the exit code is 1
Results: docs/results, scripts/base-model/results, e2e/golden/picks. New runs come in with scripts/record.ts.
`;

const readText = (path: string) => readFileSync(join(ROOT, path), "utf8");
const read = <T>(path: string) => readJson<T>(join(ROOT, path));

/** Everything that sentences are computed from. */
export function readResults(): Results {
  return {
    curricula: read("docs/results/curricula.json"),
    comparisons: read("docs/results/comparisons.json"),
    rewards: read("docs/results/rewards.json"),
    performance: read("docs/results/performance.json"),
    judge: read("scripts/base-model/results/judge.json"),
    reference: read("scripts/base-model/results/reference.json"),
    picks: read("e2e/golden/picks/needle-round1.json"),
    pools: {
      needle: readLines(join(ROOT, "public/pools/needle_train.jsonl")),
    },
  };
}

const ROOMS = [supervisedBlocks, rewardBlocks, performanceBlocks];

export const BLOCKS: Blocks = Object.fromEntries(
  [...new Set(ROOMS.flatMap((room) => Object.keys(room)))].map((file) => [
    file,
    Object.assign({}, ...ROOMS.map((room) => room[file])) as Record<string, Block>,
  ]),
);

const marker = /<!-- claims:([\w-]+) -->\n[\s\S]*?<!-- \/claims -->/g;

/** Names of the blocks that a document has. */
export const blocksIn = (text: string): string[] => [...text.matchAll(marker)].map(([, name]) => name);

/** The document with its blocks computed, as Prettier writes it. */
export async function regenerated(
  text: string,
  blocks: Record<string, Block>,
  results: Results,
  stats: Statistics,
): Promise<string> {
  const { format } = await import("prettier");
  const filled = text.replace(marker, (_, name: string) => {
    if (!blocks[name]) throw new Error(`no script computes the block "${name}"`);
    return `<!-- claims:${name} -->\n\n${blocks[name](results, stats)}\n\n<!-- /claims -->`;
  });
  return format(filled, { parser: "markdown", printWidth: 110, trailingComma: "all" });
}

/** Lines that only one of two texts has, for a user. */
function changed(before: string, after: string) {
  const [had, has] = [before, after].map((text) => new Set(text.split("\n")));
  return [
    ...[...had].filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...[...has].filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ];
}

async function main() {
  const { write } = options(HELP, { write: "boolean" });
  const [results, stats] = [readResults(), await statistics()];
  let stale = 0;
  for (const [file, blocks] of Object.entries(BLOCKS)) {
    const before = readText(file);
    const after = await regenerated(before, blocks, results, stats);
    if (after === before) continue;
    stale++;
    if (write) writeFileSync(join(ROOT, file), after);
    console.log(`${file} ${write ? "is written anew" : "does not say what the results say"}:`);
    for (const line of changed(before, after)) console.log(`  ${line}`);
  }
  if (stale === 0) console.log("README and docs say what the results say");
  return stale > 0 && !write ? 1 : 0;
}

if (isMain(import.meta.url)) process.exit(await main());
