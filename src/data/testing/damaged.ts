// Test helper: headers with bytes changed and files cut short, drawn by fast-check.
import fc from "fast-check";
import { memorySource, type ByteSource } from "../files";
import { LabError } from "../../lib/errors";

/**
 * Reads `runs` damaged copies of `good`: up to `changes` bytes before `headerEnd` changed, some cut short. Each is read or
 * refused by a LabError that is not internal; `check` sees the bytes of each of its
 * reads. Returns how many were refused.
 */
export async function readDamaged(
  good: Uint8Array,
  { name, headerEnd, changes, runs }: { name: string; headerEnd: number; changes: number; runs: number },
  read: (source: ByteSource, bytes: Uint8Array) => Promise<void>,
  check: (readBytes: readonly number[], bytes: Uint8Array) => void,
): Promise<number> {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(headerEnd - 1), fc.nat(255)), { minLength: 1, maxLength: changes }),
      fc.option(fc.nat(good.length)),
      async (edits, cut) => {
        const bytes = Uint8Array.from(good.subarray(0, cut ?? good.length));
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        const reads: number[] = [];
        const inner = memorySource(name, bytes);
        try {
          await read({ ...inner, read: (at, n) => (reads.push(n), inner.read(at, n)) }, bytes);
        } catch (thrown) {
          if (!(thrown instanceof LabError) || thrown.code === "internal") throw thrown;
          refused++;
        }
        check(reads, bytes);
      },
    ),
    { numRuns: runs, seed: 1 },
  );
  return refused;
}
