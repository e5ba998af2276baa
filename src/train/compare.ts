// Compares the entropy estimators: scores the same pool in three ways in the same run and reports the cost and the
// ranking of each.
import type { EstimatorConfig } from "../config/schema";
import { spearman } from "../curriculum/stats";
import type { RunEventOf } from "../lib/events";
import type { PoolSample } from "./samples";
import { estimatorName, scoreEntropy, type PoolScores, type ScoreContext } from "./scoring";

type Row = RunEventOf<"estimators.compared">["rows"][number];

/**
 * Prefix, teacher-forced and full-length scoring with the run's other settings. What was already scored is not
 * scored again. Neither tokens nor time count as cost of the run, because training does not need them.
 */
export async function compareEstimators(
  samples: readonly PoolSample[],
  config: EstimatorConfig,
  scored: PoolScores & { elapsedMs: number },
  context: ScoreContext,
  elapsed: () => number,
): Promise<Row[]> {
  const measured: { values: (number | null)[]; row: Omit<Row, "spearmanWithFull" | "n"> }[] = [];
  for (const kind of ["full", "prefix", "teacher-forced"] as const) {
    const variant: EstimatorConfig = { ...config, kind };
    const estimator = estimatorName(variant);
    if (estimator === scored.estimator) {
      const { tokens, elapsedMs, values } = scored;
      measured.push({ values, row: { estimator, tokens, elapsedMs } });
      continue;
    }
    const from = elapsed();
    const { values, tokens } = await scoreEntropy(samples, variant, context);
    measured.push({ values, row: { estimator, tokens, elapsedMs: elapsed() - from } });
  }
  const full = measured[0].values;
  return measured.map(({ values, row }) => ({
    ...row,
    spearmanWithFull: spearman(values, full),
    n: values.filter((value, i) => value !== null && full[i] !== null).length,
  }));
}
