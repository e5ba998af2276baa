// Damaged files of every kind and importer: opening and reading one to its end gives something or a LabError, soon, and asks
// for no more memory than the file's own size and 64 MiB. A hang is caught by the tests' time limit. `npm test` tries a few
// hundred; PROXIMAL_FUZZ=20000 npx vitest run src/data/fuzz.test.ts tries as many as it says, over all kinds.
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import { watchAllocations } from "./testing/allocations";
import { DAMAGED } from "./testing/damagedFiles";
import { draws } from "./testing/mutate";

const ALLOWED_BYTES = 64 * 2 ** 20;
const KINDS = Object.entries(DAMAGED);
const COUNT = Math.ceil(Number(process.env.PROXIMAL_FUZZ ?? 640) / KINDS.length);
const HANG_MS = 60_000 + COUNT * 1000;

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

describe("damaged files", () => {
  it.each(KINDS)("%s", { timeout: HANG_MS }, async (_, make) => {
    const damage = await make();
    const faults: string[] = [];
    let opened = 0;
    for (let index = 0; index < COUNT; index++) {
      const { sizeBytes, open } = await damage(draws(1000 + index), index);
      const heap = process.memoryUsage();
      const { result, totalBytes } = await watchAllocations(() =>
        open().then(
          () => null,
          (thrown: unknown) => thrown,
        ),
      );
      const after = process.memoryUsage();
      const grown = after.heapUsed - heap.heapUsed + after.arrayBuffers - heap.arrayBuffers;
      if (result === null) opened++;
      else faults.push(...faultsOf(result).map((fault) => `file ${index}: ${fault}`));
      if (totalBytes > sizeBytes + ALLOWED_BYTES || grown > sizeBytes + ALLOWED_BYTES)
        faults.push(
          `file ${index}: asked for ${mebibytes(totalBytes)}, the heap grew by ${mebibytes(grown)}`,
        );
    }
    expect(faults.slice(0, 20)).toEqual([]);
    // Damage that is never noticed, or always, would test nothing behind the first check.
    expect(COUNT - opened).toBeGreaterThan(COUNT / 10);
    if (COUNT >= 400) expect(opened).toBeGreaterThan(0);
  });
});

/** What is wrong with the refusal of a file. */
function faultsOf(thrown: unknown): string[] {
  if (!(thrown instanceof LabError))
    return [
      thrown instanceof Error ? `${thrown.message} ${thrown.stack?.split("\n")[1] ?? ""}` : String(thrown),
    ];
  if (thrown.code === "internal") return [`an internal error: ${thrown.message}`];
  return thrown.message.length < 1000
    ? []
    : [`${thrown.message.length} characters: ${thrown.message.slice(0, 80)}`];
}
