// Training with the prompt computed once for its rollouts against n separate documents: the same loss and gradients,
// through the whole policy loss with clipping, KL to the base and an entropy bonus, and the rows that sharing saves.
import { resolveConfig } from "../config/schema";
import { openBuiltinModel } from "../data/builtin";
import type { Gpu } from "../gpu/gpu";
import { AssertionError, expectClose, expectEqual, expectTrue, gpuTest } from "../gpu/testing/suite";
import { LINEARS } from "../families/config";
import type { AdapterState, Engine } from "../model/engine";
import { createGpuEngine } from "../model/gpuEngine";
import { addReference } from "./policyItems";
import { madeUpGroup, rowsOfItems, separateItems, sharedItems, someTokens } from "./testing/separate";

/** The built-in model with an adapter whose lora_B is not zero, so that the base differs from it. */
async function open(gpu: Gpu): Promise<Engine> {
  const model = await openBuiltinModel("tiny", new URL("/", location.href).href);
  const adapter = { rank: 4, alpha: 8, targets: [...LINEARS], useRslora: false, layers: null };
  const engine = await createGpuEngine(gpu, model, adapter);
  engine.initAdapter(11);
  const state = await engine.readState();
  for (const [name, { values }] of state.adapter)
    if (name.includes("lora_B")) values.forEach((_, i) => (values[i] = 0.02 * Math.cos(i + name.length)));
  engine.writeState(state);
  return engine;
}

/** Largest difference as a share of the tensor's largest entry. */
function expectSame(got: AdapterState, want: AdapterState): void {
  for (const [name, { values }] of want) {
    const have = got.get(name)?.values;
    if (!have) throw new AssertionError(`${name} is missing`);
    expectTrue(
      values.some((x) => x !== 0),
      `${name} has a gradient`,
    );
    expectClose(have, values, { abs: 0, rel: 1e-5 }, name); // the same sums in another order
  }
}

const LENGTHS = [9, 1, 14, 6, 11, 3, 8, 12];

for (const promptLength of [16, 64, 256]) {
  gpuTest(
    `shared prompts: 8 rollouts of a prompt of ${promptLength} tokens have the policy gradients of 8 documents`,
    async ({ gpu }) => {
      const engine = await open(gpu);
      const { trainer } = resolveConfig({
        trainer: { kind: "grpo", rollouts: 8, kl: 0.05, entropyBonus: 0.01, lossType: "dapo" },
        curriculum: { strategy: "random" },
      });
      const prompt = someTokens(promptLength, promptLength);
      const groups = [madeUpGroup(0, LENGTHS, -6)];
      const shared = sharedItems(groups, () => prompt, trainer, engine.maxRows);
      const separate = separateItems(groups, () => prompt, trainer, engine.maxRows);
      // Every answer is fed without its last token; the prompt once, or eight times.
      const answers = LENGTHS.reduce((sum, n) => sum + n - 1, 0);
      expectEqual(
        [rowsOfItems(shared), rowsOfItems(separate)],
        [promptLength + answers, 8 * promptLength + answers],
        "rows",
      );
      await addReference(engine, shared, false);
      await addReference(engine, separate, false);
      const one = await engine.gradients(shared);
      const many = await engine.gradients(separate);
      expectClose([one.loss], [many.loss], { abs: 0, rel: 1e-5 }, "loss");
      expectSame(one.gradients, many.gradients);
      engine.dispose();
    },
  );
}
