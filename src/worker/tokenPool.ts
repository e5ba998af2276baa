// Turns the rows of a config's data into token ids of the loaded model.
import { tokenizePool, type PoolSample, type TooLong } from "../train/samples";
import type { LoadedEngine } from "./engineHost";
import { MAX_ROWS } from "./limit";
import type { Pool } from "./sources";

export interface TokenPool {
  name: string;
  train: PoolSample[];
  test: PoolSample[];
  /** What a user should know of the samples, a sentence each. */
  notes: string[];
}

/** @throws LabError "data" naming the samples that do not fit, unless they are to be left out or cut */
export function tokenPool(
  { name, train, test, notes: told = [] }: Pool,
  { tokenizer, engine }: LoadedEngine,
  tooLong: TooLong = "refuse",
): TokenPool {
  const { eosTokenIds, maxPosition } = engine.config;
  const longest = Math.min(MAX_ROWS, maxPosition);
  const notes = [...told];
  const ids = (rows: Pool["train"]) => tokenizePool(rows, tokenizer, eosTokenIds, longest, tooLong, notes);
  return { name, train: ids(train), test: ids(test), notes };
}
