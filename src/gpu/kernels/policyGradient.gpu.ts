// The objective of each row and its slopes against f64, at every kind of row and every switch.
import { policySlopes, policyTerm, type PolicyRow } from "../reference/policyGradient";
import { GRPO } from "../testing/policy";
import { expectClose, expectEqual, gpuTest, seeded } from "../testing/suite";
import { encodePolicyGradient, NO_POLICY, type PolicySettings } from "./policyGradient";

const plain: PolicyRow = {
  nllWeight: 0,
  pgWeight: 1,
  advantage: 1,
  oldLogprob: -1,
  refLogprob: -1,
  entropyWeight: 0.01,
};

interface Case {
  why: string;
  settings: PolicySettings;
  rows: (m: number) => PolicyRow;
  logp: (m: number) => number;
  count: number;
}

const noise = seeded(9, 4096, 1);
const spread = (m: number): PolicyRow => ({
  nllWeight: noise[m] > 0.5 ? noise[m + 7] : 0,
  pgWeight: noise[m + 13] > -0.8 ? 0.5 + 0.4 * noise[m + 13] : 0,
  advantage: 2 * noise[m + 29],
  oldLogprob: -2 + noise[m + 31],
  refLogprob: -2 + noise[m + 37],
  entropyWeight: 0.01 * noise[m + 43],
});
const near = (m: number) => -2 + 1.2 * noise[m + 101];

gpuTest.each<Case>([
  {
    why: "known value: likelihood",
    settings: NO_POLICY,
    rows: () => ({ ...plain, nllWeight: 0.5, pgWeight: 0 }),
    logp: () => -3,
    count: 1,
  },
  { why: "control: everything on", settings: GRPO, rows: spread, logp: near, count: 128 },
  { why: "ragged tail", settings: GRPO, rows: spread, logp: near, count: 97 },
  {
    why: "no old: ratio 1, slope kept",
    settings: { ...GRPO, hasOld: false },
    rows: spread,
    logp: near,
    count: 64,
  },
  { why: "no reference", settings: { ...GRPO, hasRef: false }, rows: spread, logp: near, count: 64 },
  {
    why: "kl not times the ratio",
    settings: { ...GRPO, klTimesRatio: false },
    rows: spread,
    logp: near,
    count: 64,
  },
  {
    why: "kl near 0",
    settings: { ...GRPO, beta: 1e3 },
    rows: () => plain,
    logp: (m) => -1 + 1e-4 * (m - 16),
    count: 32,
  },
  {
    why: "advantage 0",
    settings: { ...GRPO, beta: 0 },
    rows: (m) => ({ ...spread(m), advantage: 0 }),
    logp: near,
    count: 32,
  },
  {
    why: "extreme: ratio e⁻⁶⁰",
    settings: { ...GRPO, beta: 0 },
    rows: () => plain,
    logp: () => -61,
    count: 1,
  },
  {
    why: "masked: a row without weight ignores what it holds",
    settings: GRPO,
    rows: () => ({
      nllWeight: 0,
      pgWeight: 0,
      advantage: NaN,
      oldLogprob: NaN,
      refLogprob: NaN,
      entropyWeight: NaN,
    }),
    logp: near,
    count: 3,
  },
])("policy gradient: $why", async ({ gpu, input, output, settings, rows, logp, count }) => {
  const objective = Float32Array.from({ length: count * 6 }, (_, i) => {
    const { nllWeight, pgWeight, advantage, oldLogprob, refLogprob, entropyWeight } = rows(Math.floor(i / 6));
    return [nllWeight, pgWeight, advantage, oldLogprob, refLogprob, entropyWeight][i % 6];
  });
  const stats = Float32Array.from({ length: count * 4 }, (_, i) =>
    i % 4 === 0 ? logp(i / 4) : i % 4 === 1 ? 1 + 0.5 * noise[i] : NaN,
  );
  const tensors = {
    stats: input(stats, [count, 4]),
    rows: input(objective, [count, 6]),
    grads: output([count, 2]),
    terms: output([count]),
  };
  await gpu.run((rec) => encodePolicyGradient(rec, tensors, settings));
  const terms: number[] = [];
  const grads: number[] = [];
  // As the kernel has them: settings in f32, and 1 ± epsilon too.
  const f32: PolicySettings = { ...settings };
  for (const name of ["epsilonLow", "epsilonHigh", "beta"] as const) f32[name] = Math.fround(settings[name]);
  for (let m = 0; m < count; m++) {
    const [nllWeight, pgWeight, advantage, oldLogprob, refLogprob, entropyWeight] = objective.subarray(
      6 * m,
      6 * m + 6,
    );
    const row = { nllWeight, pgWeight, advantage, oldLogprob, refLogprob, entropyWeight };
    terms.push(policyTerm(stats[4 * m], stats[4 * m + 1], row, f32));
    grads.push(...policySlopes(stats[4 * m], row, f32));
  }
  // exp of a difference of f32 numbers: 2e-7 relative, times weights of about 1. Far from any clip's edge.
  expectClose(await gpu.readF32(tensors.terms), terms, { abs: 1e-6, rel: 2e-6 }, "terms");
  expectClose(await gpu.readF32(tensors.grads), grads, { abs: 1e-6, rel: 2e-6 }, "grads");
});

gpuTest("policy gradient: the edges of the clip, as torch takes them", async ({ gpu, input, output }) => {
  // Ratio exactly 1 with an interval of no width: inside on both sides, so the slope is −A. exp(0) = 1 is exact.
  const stats = Float32Array.from([-1, 0, 0, 0, -1, 0, 0, 0]);
  const rows = Float32Array.from([0, 1, 2, -1, 0, 0, 0, 1, -2, -1, 0, 0]);
  const tensors = {
    stats: input(stats, [2, 4]),
    rows: input(rows, [2, 6]),
    grads: output([2, 2]),
    terms: output([2]),
  };
  const settings = { ...NO_POLICY, hasOld: true };
  await gpu.run((rec) => encodePolicyGradient(rec, tensors, settings));
  expectEqual(
    (await gpu.readF32(tensors.grads)).map((x) => x + 0),
    [-2, 0, 2, 0],
    "grads",
  );
  expectEqual(await gpu.readF32(tensors.terms), [-2, 2], "terms");
});
