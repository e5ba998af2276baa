// Counts checks that passed, failed or were skipped (with the reason); used by every part of `npm test`.
import { reasonOf } from "./json";

export interface Skipped {
  name: string;
  reason: string;
}

export interface Tally {
  passed: number;
  failed: number;
  skipped: Skipped[];
}

export type Print = (line: string) => void;

export const emptyTally = (): Tally => ({ passed: 0, failed: 0, skipped: [] });

/** Counts one check and prints its line, with the detail behind it where it failed. Returns whether it passed. */
export type Check = (what: string, ok: boolean, detail?: string) => boolean;

export const checkInto =
  (tally: Tally, print: Print): Check =>
  (what, ok, detail = "") => {
    tally[ok ? "passed" : "failed"]++;
    const words = ok || !detail ? "" : `\n      ${detail.trimEnd().replaceAll("\n", "\n      ")}`;
    print(`${ok ? "ok   " : "FAIL "} ${what}${words}`);
    return ok;
  };

/** The closing line. */
export const tallyLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed, ${skipped.length} skipped`;

/** 0 only where something passed and nothing failed. */
export const exitCode = ({ passed, failed }: Tally): number => (failed || passed === 0 ? 1 : 0);

/** A part that broke down counts as one failure. */
export function broken(name: string, thrown: unknown, print: Print): Tally {
  print(`FAIL  ${name}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : reasonOf(thrown)}`);
  return { ...emptyTally(), failed: 1 };
}
