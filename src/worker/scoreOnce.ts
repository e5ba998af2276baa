// Scores a pool once, without a run; answers the command `pool.score`.
import type { ResolvedConfig } from "../config/schema";
import { LabError } from "../lib/errors";
import type { RunEvent } from "../lib/events";
import type { RunControl } from "../train/control";
import { logSample } from "../train/samples";
import { scoreEntropy } from "../train/scoring";
import type { LoadedEngine } from "./engineHost";
import type { ProgressLine } from "./progressLine";
import type { TokenPool } from "./tokenPool";

/** @returns pool.loaded and pool.scored. @throws LabError "stopped" */
export async function scoreOnce(
  config: ResolvedConfig,
  { engine, tokenizer }: LoadedEngine,
  { name, train, test }: TokenPool,
  { control, line }: { control: RunControl; line: ProgressLine },
): Promise<RunEvent[]> {
  engine.initAdapter(config.seed);
  const from = performance.now();
  const scores = await scoreEntropy(train, config.curriculum.estimator, {
    engine,
    tokenizer,
    seed: config.seed,
    round: 1,
    between: async (done, total, tokens) => {
      const passedMs = performance.now() - from;
      const leftMs = done > 0 ? (passedMs * (total - done)) / done : null;
      line.report({
        phase: "score",
        round: 1,
        rounds: 1,
        step: 0,
        steps: 0,
        done,
        total,
        leftMs: leftMs === null ? null : [leftMs, leftMs],
        tokensPerSecond: passedMs > 0 && tokens > 0 ? (tokens * 1000) / passedMs : null,
      });
      if (!(await control.gate("chunk"))) throw new LabError("stopped", "Scoring was stopped.");
    },
  });
  const elapsedMs = performance.now() - from;
  const { values, tokens, unit, estimator, prefixTokens } = scores;
  return [
    { type: "pool.loaded", atMs: 0, name, train: train.map(logSample), testSize: test.length },
    {
      type: "pool.scored",
      atMs: Math.round(elapsedMs),
      round: 1,
      step: 0,
      signal: "entropy",
      unit,
      estimator,
      prefixTokens,
      values,
      tokens,
      elapsedMs,
    },
  ];
}
