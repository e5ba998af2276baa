// Sampling: the generator bit for bit, the cuts and frequencies against the sorted reference, independence of the
// batch, greedy ties, stops, and slots that are done.
import { random } from "../../../shaders/common/index";
import { showRandom } from "../../../shaders/probe/index";
import { defineKernel } from "../kernel";
import { gumbel, philox, unit } from "../reference/random";
import { rowStats } from "../reference/headFinish";
import { drawReference, keptProbabilities, type Cuts } from "../reference/sample";
import { top20Reference } from "../reference/top20";
import { top20BitsReference } from "../reference/top20Bits";
import { expectClose, expectEqual, expectTrue, gpuTest, seeded, type GpuTestContext } from "../testing/suite";
import { encodeSample, NO_TOKEN, type SampleSettings } from "./sample";

interface Slot {
  key: number;
  rollout?: number;
  emitted?: number;
  done?: number;
}

interface Drawn {
  token: number[];
  logprob: Float32Array;
  entropy: Float32Array;
  bits: Float32Array;
  slots: Uint32Array;
  rows: Uint32Array;
}

const settings = (over: Partial<SampleSettings> = {}): SampleSettings => ({
  step: 0,
  vocab: 0,
  stopCount: 0,
  temperature: 1,
  topK: 0,
  topP: 1,
  seed: 5,
  maxNew: 1000,
  ...over,
});

const firstRows = (count: number) => Uint32Array.from({ length: count * 8 }, (_, i) => 100 + i);

/** One step on fresh slots. `logits(b)` has `vocab` entries; rows are padded to a multiple of 4 with winners. */
async function draw(
  { gpu, input, output }: GpuTestContext,
  slots: readonly Slot[],
  logits: (b: number) => ArrayLike<number>,
  over: Partial<SampleSettings> = {},
  stops: readonly number[] = [],
): Promise<Drawn> {
  const [count, vocab] = [slots.length, logits(0).length];
  const width = 4 * Math.ceil(vocab / 4);
  const padded = new Float32Array(count * width).fill(3e38);
  for (let b = 0; b < count; b++) padded.set(logits(b), b * width);
  const words = slots.flatMap(({ key, rollout = 0, emitted = 0, done = 0 }) => [key, rollout, emitted, done]);
  const tensors = {
    logits: input(padded, [count, width]),
    rows: input(firstRows(count), [count, 8]),
    slots: input(Uint32Array.from(words), [count, 4]),
    stops: input(Uint32Array.from([...stops, NO_TOKEN]), [stops.length + 1]),
    out: output([2, count, 4], "u32"),
  };
  const chosen = settings({ vocab, stopCount: stops.length, step: 1, ...over });
  await gpu.run((rec) => encodeSample(rec, tensors, chosen));
  const buffer = await gpu.read(tensors.out);
  const untouched = new Uint32Array(buffer, chosen.step === 1 ? 0 : count * 16, count * 4);
  expectTrue(
    untouched.every((word) => word === 0xdeadbeef),
    "the other step's rows are untouched",
  );
  const integers = new Uint32Array(buffer, chosen.step * count * 16, count * 4);
  const floats = new Float32Array(buffer, chosen.step * count * 16, count * 4);
  const column = (c: number) => Float32Array.from({ length: count }, (_, b) => floats[4 * b + c]);
  return {
    token: Array.from({ length: count }, (_, b) => integers[4 * b]),
    logprob: column(1),
    entropy: column(2),
    bits: column(3),
    slots: await gpu.readU32(tensors.slots),
    rows: await gpu.readU32(tensors.rows),
  };
}

const keys = (count: number): Slot[] => Array.from({ length: count }, (_, key) => ({ key }));

gpuTest(
  "sample: words and uniforms of the generator match the CPU to the bit",
  async ({ gpu, input, output }) => {
    const kernel = defineKernel([random, showRandom]);
    const count = 512;
    const counters = Uint32Array.from({ length: count * 4 }, (_, i) =>
      i % 3 ? Math.imul(i, 0x9e3779b9) : i,
    );
    const tensors = {
      counters: input(counters, [count, 4]),
      words: output([count, 4], "u32"),
      units: output([count, 4]),
      noise: output([count, 4]),
    };
    await gpu.run((rec) => rec.dispatch(kernel, tensors, [count, 1, 1]));
    const words = Array.from({ length: count }, (_, i) =>
      philox(counters.subarray(4 * i, 4 * i + 4), [0xa4093822, i]),
    ).flat();
    expectEqual(await gpu.readU32(tensors.words), words, "words");
    expectEqual(await gpu.readF32(tensors.units), words.map(unit), "uniforms");
    // Two logs of f32, each good to about 2⁻²¹, of numbers up to 23.
    expectClose(await gpu.readF32(tensors.noise), words.map(gumbel), { abs: 4e-6 }, "gumbel noise");
  },
);

const ln = (...p: number[]) => Float32Array.from(p, Math.log);
const flat = (vocab: number) => new Float32Array(vocab);
const wide = (vocab: number, scale: number) => seeded(vocab, vocab, scale);

gpuTest.each<{ why: string; logits: Float32Array; cuts: Partial<Cuts>; draws: number }>([
  { why: "control", logits: ln(0.4, 0.3, 0.2, 0.1), cuts: {}, draws: 4096 },
  { why: "degenerate: one token", logits: ln(1), cuts: {}, draws: 64 },
  { why: "ragged: five tokens", logits: ln(0.1, 0.2, 0.4, 0.2, 0.1), cuts: {}, draws: 4096 },
  { why: "temperature 0.5", logits: ln(0.4, 0.3, 0.2, 0.1), cuts: { temperature: 0.5 }, draws: 4096 },
  { why: "temperature 2", logits: ln(0.7, 0.2, 0.09, 0.01), cuts: { temperature: 2 }, draws: 4096 },
  { why: "top-k 1", logits: ln(0.3, 0.4, 0.2, 0.1), cuts: { topK: 1 }, draws: 256 },
  { why: "top-k 3", logits: ln(0.1, 0.2, 0.4, 0.25, 0.05), cuts: { topK: 3 }, draws: 4096 },
  {
    why: "top-k at a tie keeps it whole",
    logits: ln(0.25, 0.5, 0.125, 0.125),
    cuts: { topK: 3 },
    draws: 4096,
  },
  { why: "top-k beyond the vocabulary", logits: ln(0.25, 0.75), cuts: { topK: 50 }, draws: 2048 },
  { why: "top-p just under an edge", logits: ln(0.5, 0.25, 0.15, 0.1), cuts: { topP: 0.499 }, draws: 256 },
  { why: "top-p just over an edge", logits: ln(0.5, 0.25, 0.15, 0.1), cuts: { topP: 0.501 }, draws: 4096 },
  { why: "a tiny top-p keeps the best", logits: ln(0.2, 0.5, 0.3), cuts: { topP: 1e-6 }, draws: 256 },
  {
    why: "top-k, then nucleus, at a temperature",
    logits: ln(0.4, 0.3, 0.2, 0.1),
    cuts: { temperature: 1.5, topK: 3, topP: 0.8 },
    draws: 4096,
  },
  { why: "40 equal tokens", logits: flat(40), cuts: { topP: 0.9 }, draws: 4096 },
  {
    why: "masked tokens never",
    logits: Float32Array.of(-1e30, 0, -1e30, 1),
    cuts: { temperature: 3 },
    draws: 2048,
  },
  {
    why: "extreme: far from zero",
    logits: ln(0.4, 0.3, 0.2, 0.1).map((x) => x + 1024),
    cuts: { topP: 0.95 },
    draws: 4096,
  },
])("sample frequencies: $why", async ({ logits, cuts, draws, ...context }) => {
  const all = { temperature: 1, topK: 0, topP: 1, ...cuts };
  const { token } = await draw(context, keys(draws), () => logits, all);
  const p = keptProbabilities(logits, all);
  const counts = new Float64Array(logits.length);
  for (const t of token) counts[t]++;
  let chi = 0;
  counts.forEach((n, v) => {
    if (p[v] < 1e-12) expectTrue(n === 0, `token ${v} was cut but drawn ${n} times`);
    else chi += (n - draws * p[v]) ** 2 / (draws * p[v]);
  });
  const freedom = p.filter((x) => x >= 1e-12).length - 1;
  // Wilson and Hilferty's bound that chi-square passes once in ten thousand seeds; the seed is fixed.
  const bound = freedom * (1 - 2 / (9 * freedom) + 3.72 * Math.sqrt(2 / (9 * freedom))) ** 3;
  if (freedom > 0) expectTrue(chi < bound, `chi-square ${chi} of ${freedom} degrees, bound ${bound}`);
});

gpuTest.each<{ why: string; vocab: number; scale: number; cuts: Partial<Cuts> }>([
  { why: "control, vocabulary of the base model", vocab: 640, scale: 4, cuts: {} },
  { why: "top-p", vocab: 640, scale: 4, cuts: { topP: 0.9, temperature: 0.7 } },
  { why: "top-k", vocab: 640, scale: 4, cuts: { topK: 50 } },
  { why: "top-k and top-p, 64 lanes", vocab: 3001, scale: 4, cuts: { topK: 100, topP: 0.8 } },
  { why: "top-p, 256 lanes", vocab: 20001, scale: 6, cuts: { topP: 0.95 } },
])("sample against sorting, draw by draw: $why", async ({ vocab, scale, cuts, ...context }) => {
  const all = { temperature: 1, topK: 0, topP: 1, ...cuts };
  const logits = wide(vocab, scale);
  const slots = Array.from({ length: vocab > 4000 ? 6 : 24 }, (_, b): Slot => ({
    key: 7 * b,
    rollout: b % 3,
    emitted: b,
  }));
  const { token } = await draw(context, slots, () => logits, { ...all, seed: 0xfeedbeef });
  let decided = 0;
  slots.forEach(({ key, rollout, emitted }, b) => {
    const want = drawReference(logits, all, { seed: 0xfeedbeef, key, rollout: rollout!, emitted: emitted! });
    if (want.lead < 1e-4) return;
    decided++;
    expectTrue(
      token[b] === want.token,
      `slot ${b} drew ${token[b]}, the reference ${want.token} (lead ${want.lead})`,
    );
  });
  expectTrue(decided >= 2, "some draws were compared");
});

gpuTest("sample: a rollout draws the same whoever shares its batch", async (context) => {
  const logits = (key: number) => seeded(100 + key, 640, 3);
  const slot = (b: number): Slot => ({ key: b % 11, rollout: b % 4, emitted: 3 * b });
  const order = Array.from({ length: 40 }, (_, b) => (b * 17) % 40);
  const cuts = { temperature: 0.9, topP: 0.95 };
  const first = await draw(
    context,
    order.map((_, b) => slot(b)),
    (b) => logits(slot(b).key),
    cuts,
  );
  const mixed = await draw(context, order.map(slot), (b) => logits(slot(order[b]).key), cuts);
  expectEqual(
    mixed.token,
    order.map((b) => first.token[b]),
    "tokens",
  );
  expectEqual(
    mixed.logprob,
    order.map((b) => first.logprob[b]),
    "log-probabilities",
  );
  const alone = await draw(context, [slot(29)], () => logits(slot(29).key), { ...cuts, step: 0 });
  expectEqual(alone.token, [first.token[29]], "alone, at another step");
  const other = await draw(
    context,
    order.map((_, b) => slot(b)),
    (b) => logits(slot(b).key),
    { ...cuts, seed: 6 },
  );
  expectTrue(
    other.token.some((t, b) => t !== first.token[b]),
    "another seed draws something else",
  );
});

gpuTest.each([
  { why: "known value: flat over 8", vocab: 8, scale: 0 },
  { why: "control", vocab: 640, scale: 5 },
  { why: "degenerate: one token", vocab: 1, scale: 1 },
  { why: "fewer than 20 tokens, ragged", vocab: 13, scale: 3 },
  { why: "ragged, 64 lanes", vocab: 3001, scale: 5 },
  { why: "256 lanes", vocab: 20001, scale: 5 },
  { why: "extreme: nearly certain", vocab: 640, scale: 80 },
  { why: "masked: a third at −1e30", vocab: 300, scale: 4, mask: true },
  { why: "ties at the 20th", vocab: 300, scale: 3, steps: 10 },
] as { why: string; vocab: number; scale: number; mask?: boolean; steps?: number }[])(
  "sample statistics: $why",
  async ({ vocab, scale, mask, steps, ...context }) => {
    const logits = (b: number) =>
      seeded(60 + b, vocab, scale).map((x, v) =>
        mask && v % 3 === 1 ? -1e30 : steps ? Math.round(x * steps) / steps : x,
      );
    const drawn = await draw(context, keys(5), logits, { temperature: 0.8, topP: 0.9, wantTop20: true });
    const plain = await draw(context, keys(5), logits, { temperature: 0.8, topP: 0.9 });
    expectEqual(plain.token, drawn.token, "the bits change no token");
    expectEqual(plain.bits, new Float32Array(5), "no bits unless asked for");
    for (let b = 0; b < 5; b++) {
      const want = rowStats(logits(b), drawn.token[b]);
      // Before temperature and cuts. Sums of up to 20,001 terms: a few 1e-7 of ln mass; logits of 80 round by 8e-6.
      expectClose(
        [drawn.logprob[b], drawn.entropy[b]],
        [want.logprob, want.entropy],
        { abs: 8e-6 },
        `slot ${b}`,
      );
      expectClose(
        [drawn.bits[b]],
        [top20BitsReference(top20Reference(logits(b)))],
        { abs: 1e-5 },
        `slot ${b}, bits`,
      );
    }
  },
);

gpuTest.each([
  { why: "ties: the lowest index", logits: Float32Array.of(1, 3, 0, 3, 3), want: 1 },
  { why: "all equal", logits: flat(640), want: 0 },
  { why: "ties across lanes", logits: flat(640).map((_, v) => (v >= 123 && v % 2 ? 5 : 4)), want: 123 },
  { why: "the last token", logits: flat(641).map((_, v) => v), want: 640 },
  { why: "all negative", logits: Float32Array.of(-5, -3, -9), want: 1 },
])("sample greedy: $why", async ({ logits, want, ...context }) => {
  const { token, logprob } = await draw(context, keys(3), () => logits, {
    temperature: 0,
    topK: 5,
    topP: 0.1,
  });
  expectEqual(token, [want, want, want]);
  // As above.
  expectClose(logprob, new Float32Array(3).fill(rowStats(logits, want).logprob), { abs: 4e-6 });
});

gpuTest("sample: slots move on, stop at a stop token or at the limit, and then freeze", async (context) => {
  const peaks = [3, 6, 2, 7, 3];
  const slots: Slot[] = [
    { key: 1, rollout: 2, emitted: 4 },
    { key: 2 }, // draws a stop token
    { key: 3, emitted: 8 }, // reaches the limit of 9
    { key: 4, emitted: 5, done: 1 },
    { key: 5, emitted: 7 }, // one short of the limit
  ];
  const logits = (b: number) => flat(8).map((_, v) => (v === peaks[b] ? 20 : 0));
  const got = await draw(context, slots, logits, { temperature: 0, maxNew: 9 }, [5, 6, 7]);
  expectEqual(got.token, [3, 6, 2, NO_TOKEN, 3], "tokens");
  expectEqual(got.slots, [1, 2, 5, 0, 2, 0, 1, 1, 3, 0, 9, 1, 4, 0, 5, 1, 5, 0, 8, 0], "slots");
  expectEqual([got.logprob[3], got.entropy[3], got.bits[3]], [0, 0, 0], "a slot that is done has no numbers");
  const rows = firstRows(5);
  for (const b of [0, 1, 2, 4]) {
    rows[8 * b] = peaks[b];
    for (const field of [1, 2, 4]) rows[8 * b + field]++;
  }
  expectEqual(got.rows, rows, "rows");
});

gpuTest("sample: several steps recorded together go on from one another", async ({ gpu, input, output }) => {
  const [count, vocab, steps] = [6, 64, 4];
  const values = seeded(77, count * vocab, 2);
  const tensors = {
    logits: input(values, [count, vocab]),
    rows: input(firstRows(count), [count, 8]),
    slots: input(
      Uint32Array.from({ length: count * 4 }, (_, i) => (i % 4 ? 0 : i)),
      [count, 4],
    ),
    stops: input(Uint32Array.of(NO_TOKEN), [1]),
    out: output([steps, count, 4], "u32"),
  };
  await gpu.run((rec) => {
    for (let step = 0; step < steps; step++) encodeSample(rec, tensors, settings({ step, vocab, maxNew: 3 }));
  });
  const out = await gpu.readU32(tensors.out);
  const cuts = { temperature: 1, topK: 0, topP: 1 };
  for (let b = 0; b < count; b++) {
    for (let emitted = 0; emitted < 3; emitted++) {
      const logits = values.subarray(b * vocab, (b + 1) * vocab);
      const want = drawReference(logits, cuts, { seed: 5, key: 4 * b, rollout: 0, emitted });
      const got = out[(emitted * count + b) * 4];
      expectTrue(
        want.lead < 1e-4 || got === want.token,
        `slot ${b}, step ${emitted}: ${got}, expected ${want.token}`,
      );
    }
    expectEqual([out[(3 * count + b) * 4]], [NO_TOKEN], `slot ${b} is done after three`);
  }
  const last = await gpu.readU32(tensors.rows);
  expectEqual(
    [last[0], last[1]],
    [out[2 * count * 4], 104],
    "row 0 holds the third token, three positions on",
  );
});

gpuTest("sample: more slots than one dimension of workgroups holds", async (context) => {
  const rows = [0, 1, 2, 3].map((best) => flat(4).map((_, v) => (v === best ? 5 : 0)));
  const { token, slots } = await draw(context, keys(70_000), (b) => rows[(b * 7) % 4], { temperature: 0 });
  expectEqual(
    token,
    Array.from(token, (_, b) => (b * 7) % 4),
    "tokens",
  );
  expectTrue(
    token.every((_, b) => slots[4 * b + 2] === 1),
    "each slot moved on once",
  );
});
