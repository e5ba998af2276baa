// EDCO's first round on the real pool, against float64 PyTorch on the same weights: the same scores and, but for ties
// within 1e-4 nats, the same 64 picks. The golden file is made by scripts/golden/edco_picks.py.
import { resolveConfig } from "../config/schema";
import { loadPool, openBuiltinModel } from "../data/builtin";
import { expectClose, expectTrue, gpuTest } from "../gpu/testing/suite";
import { LINEARS } from "../families/config";
import { createGpuEngine } from "../model/gpuEngine";
import { tokenizePool } from "./samples";
import { scoreEntropy } from "./scoring";
import golden from "../../e2e/golden/picks/needle-round1.json";

const GREEDY = { decode: "greedy", prefixTokens: golden.prefix_tokens } as const;
const ESTIMATORS = [
  { name: "prefix_mean", settings: { ...GREEDY, kind: "prefix" } },
  { name: "teacher_forced", settings: { ...GREEDY, kind: "teacher-forced" } },
  {
    name: "top_fifth_bits",
    settings: { ...GREEDY, kind: "prefix", reduce: "top-fifth", unit: "bits", vocabulary: "top20" },
  },
] as const;

for (const { name, settings } of ESTIMATORS) {
  gpuTest(`EDCO round 1 on needle, ${name}: scores and picks equal PyTorch's`, async ({ gpu }) => {
    const base = new URL("/", location.href).href;
    const model = await openBuiltinModel("tiny", base);
    const engine = await createGpuEngine(gpu, model, {
      rank: 4,
      alpha: 8,
      targets: [...LINEARS],
      useRslora: false,
      layers: null,
    });
    engine.setAdapterEnabled(false);
    const tokenizer = model.tokenizer!;
    const { train } = await loadPool(null, "needle", base);
    const samples = tokenizePool(train, tokenizer, engine.config.eosTokenIds, 512);
    const { estimator } = resolveConfig({ curriculum: { estimator: settings } }).curriculum;
    const { values } = await scoreEntropy(samples, estimator, {
      engine,
      tokenizer,
      seed: 1,
      round: 1,
      between: async () => {},
    });
    engine.dispose();
    const want = golden.estimators[name];
    const got = values.map((v) => v ?? NaN);
    // Entropies of f32 logits: the golden cases measure 3e-6 nats; picks may differ only inside 1e-4.
    expectClose(got, want.scores, { abs: 5e-5 }, "score");
    const order = golden.ids.map((id, i) => ({ id, score: got[i] })).sort((a, b) => b.score - a.score);
    const picked = new Set(order.slice(0, golden.count).map((o) => o.id));
    const threshold = want.threshold.last_in;
    for (const id of want.top) {
      const score = want.scores[golden.ids.indexOf(id)];
      expectTrue(
        picked.has(id) || Math.abs(score - threshold) <= 1e-4,
        `${id} with ${score} is not picked, threshold ${threshold}`,
      );
    }
    const shared = want.top.filter((id) => picked.has(id)).length;
    expectTrue(shared >= golden.count - 2, `${shared} of ${golden.count} picks are the same`);
  });
}
