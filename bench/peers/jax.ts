// jax-js on WebGPU: matmuls, and forward pass, scoring and LoRA step of the shared model shape, all under jit. In
// jax-js a call consumes its arrays; `.ref` passes one without giving it up.
import { FORWARD, MODEL_SHAPE, SCORE, STEP } from "../model";
import { PRODUCTS } from "../seeded";
import { adapterStart, EXPECTED, LORA, SHAPE, TOKENS, tokens, weights } from "../shape";
import type { BenchTask } from "../task";
import { modelTask, productTask, wrongBy, wrongLogits } from "./shared";

const impl = "jax-js 0.1.25 webgpu";
const { layers, width, heads, kvHeads, headDim, context, batch, vocab, eps, theta } = SHAPE;

interface Value {
  /** Another hold on it, for a call that uses it up. */
  readonly ref: Value;
  readonly shape: number[];
  mul(other: Value | number): Value;
  add(other: Value | number): Value;
  sub(other: Value): Value;
  div(other: Value): Value;
  sum(axis?: number): Value;
  mean(axis: number, options?: { keepdims: boolean }): Value;
  reshape(shape: readonly number[]): Value;
  transpose(axes?: readonly number[]): Value;
  data(): Promise<Float32Array>;
  dispose(): void;
}
/** By name. */
type Values = Record<string, Value>;
interface Numpy {
  int32: unknown;
  array(
    values: Float32Array | Int32Array | number[],
    options?: { shape?: readonly number[]; dtype?: unknown },
  ): Value;
  zeros(shape: readonly number[]): Value;
  matmul(a: Value, b: Value): Value;
  take(x: Value, at: Value, axis: number): Value;
  split(x: Value, parts: number, axis: number): [Value, Value];
  concatenate(parts: Value[], axis: number): Value;
  minimum(a: Value, b: Value | number): Value;
  reciprocal(x: Value): Value;
  square(x: Value): Value;
  sqrt(x: Value): Value;
  exp(x: Value): Value;
}
interface Jax {
  numpy: Numpy;
  nn: {
    softmax(x: Value, axis: number): Value;
    logSoftmax(x: Value, axis: number): Value;
    sigmoid(x: Value): Value;
  };
  jit<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R;
  /** With respect to the first argument. */
  valueAndGrad<A extends unknown[]>(loss: (...args: A) => Value): (...args: A) => [Value, A[0]];
  tree: { ref<T>(tree: T): T };
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): void;
  blockUntilReady(values: Value[]): Promise<unknown>;
  getWebGPUDevice(): GPUDevice;
}
type Constants = Record<"mask" | "cos" | "sin", Value>;

/** The decoder over [tokens] ids; uses up every argument. `adapter` maps `q.0` … to { a, b }, or is null. */
function decoder(
  { numpy: np, nn }: Jax,
  model: Values,
  adapter: Values | null,
  ids: Value,
  constants: Constants,
): Value {
  const group = heads / kvHeads;
  const norm = (x: Value, gain: Value) =>
    x.ref.mul(np.reciprocal(np.sqrt(np.square(x).mean(-1, { keepdims: true }).add(eps)))).mul(gain);
  const linear = (x: Value, name: string) => {
    const lora = adapter?.[`${name}.a`];
    if (!adapter || !lora) return np.matmul(x, model[name]);
    const low = np.matmul(x.ref, lora).mul(LORA.alpha / LORA.rank);
    return np.matmul(x, model[name]).add(np.matmul(low, adapter[`${name}.b`]));
  };
  const rotate = (x: Value) => {
    const [left, right] = np.split(x.ref, 2, -1);
    const turned = np.concatenate([right.mul(-1), left], -1);
    return x.mul(constants.cos.ref).add(turned.mul(constants.sin.ref));
  };
  const byHead = (x: Value, count: number) =>
    x.reshape([batch, context, count, headDim]).transpose([0, 2, 1, 3]);
  const headNorm = (x: Value, count: number, gain: Value) =>
    norm(x.reshape([TOKENS * count, headDim]), gain).reshape([TOKENS, count * headDim]);
  let x = np.take(model.embed.ref, ids, 0).reshape([TOKENS, width]);
  for (let l = 0; l < layers; l++) {
    const inner = norm(x.ref, model[`norm1.${l}`]);
    const q = rotate(byHead(headNorm(linear(inner.ref, `q.${l}`), heads, model[`qNorm.${l}`]), heads));
    const k = rotate(byHead(headNorm(linear(inner.ref, `k.${l}`), kvHeads, model[`kNorm.${l}`]), kvHeads));
    const v = byHead(linear(inner, `v.${l}`), kvHeads);
    const grouped = q.reshape([batch, kvHeads, group * context, headDim]);
    const scores = np
      .matmul(grouped, k.transpose([0, 1, 3, 2]))
      .reshape([batch, kvHeads, group, context, context])
      .mul(1 / Math.sqrt(headDim))
      .add(constants.mask.ref);
    const weighted = np.matmul(nn.softmax(scores, -1).reshape([batch, kvHeads, group * context, context]), v);
    const joined = weighted.reshape([batch, heads, context, headDim]).transpose([0, 2, 1, 3]);
    x = x.add(linear(joined.reshape([TOKENS, heads * headDim]), `o.${l}`));
    const outer = norm(x.ref, model[`norm2.${l}`]);
    const gate = linear(outer.ref, `gate.${l}`);
    const act = gate.ref.mul(nn.sigmoid(gate)).mul(linear(outer, `up.${l}`));
    x = x.add(linear(act, `down.${l}`));
  }
  for (const value of Object.values(constants)) value.dispose();
  return np.matmul(norm(x, model.norm), model.embed.transpose());
}

/** Mask and rotary tables on the device. */
function makeConstants(np: Numpy): Constants {
  const mask = new Float32Array(context * context);
  const cos = new Float32Array(context * headDim);
  const sin = new Float32Array(context * headDim);
  for (let t = 0; t < context; t++) {
    for (let j = t + 1; j < context; j++) mask[t * context + j] = -1e9;
    for (let d = 0; d < headDim; d++) {
      const angle = t / theta ** ((2 * (d % (headDim / 2))) / headDim);
      cos[t * headDim + d] = Math.cos(angle);
      sin[t * headDim + d] = Math.sin(angle);
    }
  }
  return {
    mask: np.array(mask, { shape: [context, context] }),
    cos: np.array(cos, { shape: [context, headDim] }),
    sin: np.array(sin, { shape: [context, headDim] }),
  };
}

/** Tasks of jax-js; `base` is where the peers' packages are served. */
export async function jaxTasks(base: string): Promise<BenchTask[]> {
  const url = `${base}@jax-js/jax/dist/index.js`;
  const jax = (await import(/* @vite-ignore */ url)) as Jax;
  const { numpy: np, nn, jit, valueAndGrad, tree } = jax;
  const devices = await jax.init("webgpu");
  if (!devices.includes("webgpu")) throw new Error("jax-js has no WebGPU here");
  jax.defaultDevice("webgpu");
  const finished = async (arrays: Value[]) => {
    await jax.blockUntilReady(arrays);
    await jax.getWebGPUDevice().queue.onSubmittedWorkDone();
  };

  const multiply = jit((a: Value, b: Value) => np.matmul(a, b));
  const products = PRODUCTS.map((product) =>
    productTask(impl, product, (left, right) => {
      const [m, k, n] = product;
      const a = np.array(left, { shape: [m, k] });
      const b = np.array(right, { shape: [k, n] });
      return {
        result: () => multiply(a.ref, b.ref).data(),
        async once() {
          const c = multiply(a.ref, b.ref);
          await finished([c]);
          c.dispose();
        },
        dispose: () => [a, b].forEach((x) => x.dispose()),
      };
    }),
  );

  let placed: { model: Values; constants: Constants; ids: Value; oneHot: Value } | null = null;
  const place = () => {
    if (placed) return placed;
    const { inputs, targets } = tokens();
    const oneHot = new Float32Array(TOKENS * vocab);
    targets.forEach((target, i) => (oneHot[i * vocab + target] = 1));
    const model: Values = {};
    for (const [name, { shape, values }] of weights()) model[name] = np.array(values, { shape: [...shape] });
    placed = {
      model,
      constants: makeConstants(np),
      ids: np.array(inputs, { dtype: np.int32 }),
      oneHot: np.array(oneHot, { shape: [TOKENS, vocab] }),
    };
    return placed;
  };

  const forward = jit((model: Values, ids: Value, constants: Constants) =>
    decoder(jax, model, null, ids, constants),
  );
  const score = jit((model: Values, ids: Value, constants: Constants) => {
    const logs = nn.logSoftmax(decoder(jax, model, null, ids, constants), -1);
    return np.exp(logs.ref).mul(logs).sum(-1).mul(-1).reshape([batch, context]).mean(-1);
  });
  const loss = (adapter: Values, model: Values, ids: Value, oneHot: Value, constants: Constants) =>
    nn
      .logSoftmax(decoder(jax, model, adapter, ids, constants), -1)
      .mul(oneHot)
      .sum()
      .mul(-1 / TOKENS);
  type State = [adapter: Values, first: Values, second: Values];
  const update = (
    [adapter, first, second]: State,
    [correction1, correction2]: [Value, Value],
    model: Values,
    ids: Value,
    oneHot: Value,
    constants: Constants,
  ): [Value, ...State] => {
    const [value, gradient] = valueAndGrad(loss)(tree.ref(adapter), model, ids, oneHot, constants);
    const squares = Object.values(gradient)
      .map((g) => np.square(g.ref).sum())
      .reduce((a, b) => a.add(b));
    const clip = np.minimum(np.reciprocal(np.sqrt(squares).add(1e-6)).mul(LORA.clip), 1);
    const out: State = [{}, {}, {}];
    for (const name of Object.keys(adapter)) {
      const g = gradient[name].mul(clip.ref);
      const m = first[name].mul(LORA.beta1).add(g.ref.mul(1 - LORA.beta1));
      const v = second[name].mul(LORA.beta2).add(g.ref.mul(g).mul(1 - LORA.beta2));
      out[1][name] = m.ref;
      out[2][name] = v.ref;
      const root = np.sqrt(v.mul(correction2.ref)).add(LORA.epsilon);
      out[0][name] = adapter[name].sub(m.mul(correction1.ref).div(root).mul(LORA.rate));
    }
    for (const used of [clip, correction1, correction2]) used.dispose();
    return [value, ...out];
  };
  const step = jit(update);

  const run = (program: typeof forward) => {
    const { model, ids, constants } = place();
    return program(tree.ref(model), ids.ref, tree.ref(constants));
  };
  const once = async (program: typeof forward) => {
    const out = run(program);
    await finished([out]);
    out.dispose();
  };
  const name = { impl, shape: MODEL_SHAPE };
  return [
    ...products,
    modelTask({ ...name, task: FORWARD }, async () => ({
      ...wrongLogits(await run(forward).data()),
      tokens: TOKENS,
      work: () => once(forward),
    })),
    modelTask({ ...name, task: SCORE }, async () => ({
      ...wrongBy(await run(score).data(), EXPECTED.entropies),
      tokens: TOKENS,
      work: () => once(score),
    })),
    modelTask({ ...name, task: STEP }, async () => {
      const { model, ids, oneHot, constants } = place();
      const start: Values = {};
      for (const [name, { a, b }] of adapterStart()) {
        start[`${name}.a`] = np.array(a.values, { shape: [...a.shape] });
        start[`${name}.b`] = np.array(b.values, { shape: [...b.shape] });
      }
      const zeros = (): Values =>
        Object.fromEntries(Object.entries(start).map(([name, x]) => [name, np.zeros(x.shape)]));
      let state: State = [start, zeros(), zeros()];
      let steps = 0;
      const one = async () => {
        steps++;
        const correction = (beta: number) => np.array([1 / (1 - beta ** steps)]);
        const [value, ...next] = step(
          state,
          [correction(LORA.beta1), correction(LORA.beta2)],
          tree.ref(model),
          ids.ref,
          oneHot.ref,
          tree.ref(constants),
        );
        const [number] = await value.data();
        await finished(next.flatMap((part) => Object.values(part)));
        state = next;
        return number;
      };
      const losses: number[] = [];
      while (losses.length < 2) losses.push(await one());
      return { ...wrongBy(losses, EXPECTED.losses.slice(0, 2)), tokens: TOKENS, work: one };
    }),
  ];
}
