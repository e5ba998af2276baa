// Turns the rows of a config's datasets into token ids of the loaded model.
import { tokenizePool, type PoolSample } from "../train/samples";
import { MAX_ROWS, type LoadedEngine } from "./engineHost";
import type { Pool } from "./sources";

export interface TokenPool {
  name: string;
  train: PoolSample[];
  test: PoolSample[];
}

/** @throws LabError "data" naming the first sample that does not fit */
export function tokenPool({ name, train, test }: Pool, { tokenizer, engine }: LoadedEngine): TokenPool {
  const { eosTokenIds, maxPosition } = engine.config;
  const longest = Math.min(MAX_ROWS, maxPosition);
  return {
    name,
    train: tokenizePool(train, tokenizer, eosTokenIds, longest),
    test: tokenizePool(test, tokenizer, eosTokenIds, longest),
  };
}
