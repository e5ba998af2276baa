// Scores of a pool whose prompts begin alike: the beginning computed once must give what every sample gives alone.
import { resolveConfig } from "../config/schema";
import { loadPool, openBuiltinModel } from "../data/builtin";
import { expectClose, expectEqual, expectTrue, gpuTest } from "../gpu/testing/suite";
import { LINEARS } from "../families/config";
import { createGpuEngine } from "../model/gpuEngine";
import { tokenizePool, type PoolSample } from "./samples";
import { commonPrefix, scoreEntropy, scoreLoss, type PoolScores, type ScoreContext } from "./scoring";

const BEGINNING = "A question from the second half of the course, to be answered in one line. ";
const SAMPLES = 7;
const MAX_ROWS = 160;

gpuTest.each([
  { why: "prefix", settings: { kind: "prefix", prefixTokens: 6 } },
  { why: "teacher-forced", settings: { kind: "teacher-forced", prefixTokens: 6 } },
  { why: "quick answer", settings: { kind: "prefix", prefixTokens: 3, quickAnswer: true } },
  { why: "loss", settings: null },
] as const)(
  "scoring: a common beginning computed once gives the scores of single samples ($why)",
  async (row) => {
    const { gpu, settings } = row;
    const base = new URL("/", location.href).href;
    const model = await openBuiltinModel("tiny", base);
    const adapter = { rank: 4, alpha: 8, targets: [...LINEARS], useRslora: false, layers: null };
    const engine = await createGpuEngine(gpu, model, adapter, { maxRows: MAX_ROWS });
    engine.initAdapter(3);
    const tokenizer = model.tokenizer!;
    const { train } = await loadPool(null, "comm", base);
    const rows = train.slice(0, SAMPLES).map((one) => ({ ...one, prompt: BEGINNING + one.prompt }));
    const samples = tokenizePool(rows, tokenizer, engine.config.eosTokenIds, MAX_ROWS);
    const context: ScoreContext = { engine, tokenizer, seed: 1, round: 1, between: async () => {} };
    const score = async (pool: readonly PoolSample[]): Promise<PoolScores> => {
      if (!settings) return scoreLoss(pool, "loss", context);
      const { estimator } = resolveConfig({
        curriculum: { estimator: { ...settings, decode: "greedy" } },
      }).curriculum;
      return scoreEntropy(pool, estimator, context);
    };
    const together = await score(samples);
    const alone: PoolScores[] = [];
    for (const sample of samples) alone.push(await score([sample]));
    engine.dispose();
    expectEqual(
      together.values.map((v) => (v === null ? 1 : 0)),
      samples.map(() => 0),
      "samples without a score",
    );
    const want = alone.map(({ values }) => values[0] ?? NaN);
    expectClose(
      together.values.map((v) => v ?? NaN),
      want,
      { abs: 1e-5 },
      "score",
    );
    expectTrue(new Set(want).size === SAMPLES, `scores differ by sample: ${want.join()}`);
    const shared = commonPrefix(samples.map(({ promptIds }) => promptIds));
    const saved = alone.reduce((sum, { tokens }) => sum + tokens, 0) - together.tokens;
    expectTrue(
      shared > 16 && saved >= shared * 4,
      `${saved} rows saved, ${shared} are shared by ${SAMPLES} samples`,
    );
  },
);
