// The identity of a run: hashes of its data and weights and the lab's version, for its log, checkpoints and
// exports.
import { rowsHash } from "../data/identity";
import type { RunIdentity } from "../lib/events";
import type { Pool } from "./sources";

/** Version of the lab, and the commit that it was built from where that is known: `0.1.0 (1a2b3c4d5e6f)`. */
export const CODE = (import.meta.env.LAB_CODE as string | undefined) ?? "unknown";

export function rowsIdentity({ name, testName, train, test }: Pool): Pick<RunIdentity, "train" | "test"> {
  return {
    train: { name, rows: train.length, hash: rowsHash(train) },
    test: { name: testName, rows: test.length, hash: rowsHash(test) },
  };
}

export function runIdentity(pool: Pool, weights: { name: string; hash: string }): RunIdentity {
  return { ...rowsIdentity(pool), weights, code: CODE };
}
