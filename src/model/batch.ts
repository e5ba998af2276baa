// Checks packed batches and converts them to the arrays that are uploaded to the GPU.
import { rowRecords } from "../gpu/rows";
import { LabError } from "../lib/errors";
import type { DecoderConfig } from "../families/config";
import type { HeadRows, Objective, PackedBatch } from "./engine";

/** u32[T, 8] row records of a batch whose keys are its own rows. */
export function batchRecords(batch: PackedBatch): Uint32Array {
  const rows = batch.tokens.length;
  const own = Uint32Array.from({ length: rows }, (_, i) => i);
  return rowRecords({
    token: batch.tokens,
    position: batch.position,
    kv: own,
    ownStart: batch.documentStart,
    ownEnd: own.map((i) => i + 1),
    prefixStart: batch.prefixStart,
    prefixEnd: batch.prefixEnd,
    visibleEnd: batch.visibleEnd,
  });
}

/** Query-key pairs that attention visits. */
export function visiblePairs(batch: PackedBatch): number {
  let pairs = 0;
  for (let i = 0; i < batch.tokens.length; i++)
    pairs += i + 1 - batch.documentStart[i] + batch.prefixEnd[i] - batch.prefixStart[i];
  return pairs;
}

/** @throws LabError "internal" naming the first invalid row. */
export function checkBatch(
  config: DecoderConfig,
  batch: PackedBatch,
  head: HeadRows | null,
  maxRows: number,
): void {
  const rows = batch.tokens.length;
  const bad = (what: string): never => {
    throw new LabError("internal", `A packed batch is not usable: ${what}.`);
  };
  if (!rows || rows > maxRows) bad(`${rows} rows, the engine takes 1 to ${maxRows}`);
  for (const key of ["position", "documentStart", "prefixStart", "prefixEnd", "visibleEnd"] as const) {
    if (batch[key].length !== rows) bad(`${key} has ${batch[key].length} entries for ${rows} rows`);
  }
  for (let i = 0; i < rows; i++) {
    if (batch.tokens[i] >= config.vocab)
      bad(`row ${i} has token ${batch.tokens[i]}, the vocabulary has ${config.vocab}`);
    if (batch.position[i] >= config.maxPosition)
      bad(`row ${i} is at position ${batch.position[i]}, the model has ${config.maxPosition}`);
    if (
      batch.documentStart[i] > i ||
      batch.prefixEnd[i] > batch.documentStart[i] ||
      batch.prefixStart[i] > batch.prefixEnd[i]
    )
      bad(`row ${i} sees rows behind itself`);
    if (batch.visibleEnd[i] <= i || batch.visibleEnd[i] > rows)
      bad(`row ${i} is visible to row ${batch.visibleEnd[i] - 1}`);
  }
  if (!head) return;
  if (head.rows.length !== head.targets.length)
    bad(`${head.rows.length} head rows for ${head.targets.length} targets`);
  for (let m = 0; m < head.rows.length; m++) {
    if (head.rows[m] >= rows) bad(`head row ${m} names row ${head.rows[m]} of ${rows}`);
    if (head.targets[m] >= config.vocab) bad(`head row ${m} has target ${head.targets[m]}`);
  }
}

/** For each of T hidden rows the head rows made from it, in order: offsets u32[T + 1], list u32[M]. */
export function headLists(rows: number, head: HeadRows): { offsets: Uint32Array; list: Uint32Array } {
  const offsets = new Uint32Array(rows + 1);
  for (const row of head.rows) offsets[row + 1]++;
  for (let i = 0; i < rows; i++) offsets[i + 1] += offsets[i];
  const at = offsets.slice();
  const list = new Uint32Array(head.rows.length);
  head.rows.forEach((row, m) => (list[at[row]++] = m));
  return { offsets, list };
}

/** f32[M, 6]: nllWeight, pgWeight, advantage, old, ref, entropyWeight. */
export function objectiveRows(objective: Objective): Float32Array {
  const { nllWeight, policy } = objective;
  const out = new Float32Array(nllWeight.length * 6);
  for (let m = 0; m < nllWeight.length; m++) {
    out[m * 6] = nllWeight[m];
    if (!policy) continue;
    out[m * 6 + 1] = policy.pgWeight[m];
    out[m * 6 + 2] = policy.advantage[m];
    out[m * 6 + 3] = policy.oldLogprob?.[m] ?? 0;
    out[m * 6 + 4] = policy.refLogprob?.[m] ?? 0;
    out[m * 6 + 5] = policy.entropyWeight?.[m] ?? 0;
  }
  return out;
}
