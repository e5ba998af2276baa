// A tile of logits as the head's kernels see it: M rows by Vt columns. The first columns are tokens; the last may
// be padding.
import { LabError } from "../../lib/errors";
import { expectShape, type Tensor } from "../tensor";
import { expectVectors } from "./vectors";

export interface TilePlace {
  /** Token of column 0. */
  firstVocab: number;
  /** Tokens of the whole vocabulary; columns from there on are padding. */
  vocab: number;
}

/** Checks a tile. `live` = columns that are tokens. @throws ShapeError, LabError "internal" for a tile of padding only. */
export function expectTile(
  logits: Tensor,
  { firstVocab, vocab }: TilePlace,
): { rows: number; width: number; live: number } {
  const [rows, width] = expectShape(logits, ["M", "Vt"]);
  expectVectors(logits, width);
  if (!(firstVocab >= 0 && firstVocab < vocab)) {
    throw new LabError(
      "internal",
      `${logits.label}: a tile from token ${firstVocab} of a vocabulary of ${vocab}`,
    );
  }
  return { rows, width, live: Math.min(width, vocab - firstVocab) };
}
