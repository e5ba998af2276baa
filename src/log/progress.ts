// Words for the progress of a run, the same on the page and in the command: the round, the phase with how far it is,
// the time left, and what is being loaded. Pure.
import { bytes, count, percent, plural, roughly } from "../lib/format";
import type { LogPhase } from "./phases";

/** "Round 2 of 5", "Before training". */
export const roundWords = (round: number, rounds: number): string =>
  round === 0 ? "Before training" : `Round ${count(round)} of ${count(rounds)}`;

/** How far a phase is, in samples, steps or answers; a total of 0 is not known yet. */
export interface Extent {
  done: number;
  total: number;
}

/**
 * "training step 6 of 8", "scoring 603 questions".
 * @param extent null = not known
 * @param sizes questions to study and to test: said where the extent is not known
 */
export function phaseWords(
  phase: LogPhase,
  extent: Extent | null,
  sizes: { pool: number; test: number } | null = null,
): string {
  const of = extent && extent.total > 0 ? ` ${count(extent.done)} of ${count(extent.total)}` : "";
  switch (phase) {
    case "load":
      return "loading the model";
    case "score":
      return of ? `scoring${of} questions` : `scoring${sizes ? ` ${plural(sizes.pool, "question")}` : ""}`;
    case "judge":
      return `forecasting${of}`;
    case "rollout":
      return `writing answers${of}`;
    case "train":
      return of ? `training step${of}` : "training";
    case "evaluate":
      return of ? `testing${of} questions` : `testing${sizes ? ` on ${plural(sizes.test, "question")}` : ""}`;
    case "compare":
      return "comparing estimators";
    case "save":
      return "saving a checkpoint";
    default:
      return phase satisfies never;
  }
}

/** "about 40 s left", "90 s to 3 min left"; "" where there is no estimate. @param leftMs least and most */
export function leftWords(leftMs: readonly [number, number] | null): string {
  if (!leftMs) return "";
  const [low, high] = leftMs.map(roughly);
  return low === high ? `about ${low} left` : `${low} to ${high} left`;
}

/** What is done before a model can compute. */
export const LOADING = {
  fetch: "Downloading",
  upload: "Copying to the GPU",
  pipelines: "Preparing kernels",
  merge: "Working the adapter in",
} as const;

/** "1.1 MB of 2.2 MB, 50 %", "3 of 41 kernels". */
export function loadingWords({ done, total, unit }: Extent & { unit: string }): string {
  if (unit !== "bytes") return `${count(done)} of ${count(total)} ${unit}`;
  const share = total > 0 ? `, ${percent(done / total)}` : "";
  return `${bytes(done)} of ${bytes(total)}${share}`;
}
