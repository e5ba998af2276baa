// jax-js on WebGPU: matmuls, and forward pass, scoring and LoRA step of the shared model shape, all under jit. In
// jax-js a call consumes its arrays; `.ref` passes one without giving it up.
import { flops, operands, productError, productName, PRODUCTS, RIGHT_PRODUCT } from "../seeded";
import { adapterStart, EXPECTED, LORA, SHAPE, TOKENS, tokens, weights } from "../shape";
import { FORWARD, MODEL_SHAPE, SCORE, STEP } from "../model";
import { relativeError } from "../task";

const IMPL = "jax-js 0.1.25 webgpu";
const RIGHT = 1e-4;
const { layers, width, heads, kvHeads, headDim, context, batch, vocab, eps, theta } = SHAPE;

const wrongBy = (got, want) => {
  const error = relativeError(got, want);
  return error > RIGHT ? { wrong: `off by ${error.toExponential(1)} of the largest expected value` } : {};
};

/** The decoder over [tokens] ids; uses up every argument. `adapter` maps `q.0` … to { a, b }, or is null. */
function decoder({ numpy: np, nn }, model, adapter, ids, constants) {
  const group = heads / kvHeads;
  const norm = (x, gain) =>
    x.ref.mul(np.reciprocal(np.sqrt(np.square(x).mean(-1, { keepdims: true }).add(eps)))).mul(gain);
  const linear = (x, name) => {
    const lora = adapter?.[`${name}.a`];
    if (!lora) return np.matmul(x, model[name]);
    const low = np.matmul(x.ref, lora).mul(LORA.alpha / LORA.rank);
    return np.matmul(x, model[name]).add(np.matmul(low, adapter[`${name}.b`]));
  };
  const rotate = (x) => {
    const [left, right] = np.split(x.ref, 2, -1);
    const turned = np.concatenate([right.mul(-1), left], -1);
    return x.mul(constants.cos.ref).add(turned.mul(constants.sin.ref));
  };
  const byHead = (x, count) => x.reshape([batch, context, count, headDim]).transpose([0, 2, 1, 3]);
  const headNorm = (x, count, gain) =>
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
function makeConstants(np) {
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

export async function jaxTasks(base) {
  const jax = await import(/* @vite-ignore */ `${base}@jax-js/jax/dist/index.js`);
  const { numpy: np, nn, jit, valueAndGrad, tree } = jax;
  const devices = await jax.init("webgpu");
  if (!devices.includes("webgpu")) throw new Error("jax-js has no WebGPU here");
  jax.defaultDevice("webgpu");
  const finished = async (arrays) => {
    await jax.blockUntilReady(arrays);
    await jax.getWebGPUDevice().queue.onSubmittedWorkDone();
  };
  const timed = async (work) => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
  };

  const multiply = jit((a, b) => np.matmul(a, b));
  const products = PRODUCTS.map((product) => ({
    suite: "kernels",
    task: "matmul f32",
    shape: productName(product),
    impl: IMPL,
    unit: "GFLOP/s",
    async prepare() {
      const [m, k, n] = product;
      const values = operands(product);
      const a = np.array(values.a, { shape: [m, k] });
      const b = np.array(values.b, { shape: [k, n] });
      const error = productError(product, await multiply(a.ref, b.ref).data());
      return {
        ...(error > RIGHT_PRODUCT ? { wrong: `off by ${error.toExponential(1)} · √K` } : {}),
        measure: async () => {
          const s = await timed(async () => {
            const c = multiply(a.ref, b.ref);
            await finished([c]);
            c.dispose();
          });
          return flops(product) / s / 1e9;
        },
        dispose: () => [a, b].forEach((x) => x.dispose()),
      };
    },
  }));

  let placed = null;
  const place = () => {
    if (placed) return placed;
    const { inputs, targets } = tokens();
    const oneHot = new Float32Array(TOKENS * vocab);
    targets.forEach((target, i) => (oneHot[i * vocab + target] = 1));
    const model = {};
    for (const [name, { shape, values }] of weights()) model[name] = np.array(values, { shape: [...shape] });
    placed = {
      model,
      constants: makeConstants(np),
      ids: np.array(inputs, { dtype: np.int32 }),
      oneHot: np.array(oneHot, { shape: [TOKENS, vocab] }),
    };
    return placed;
  };

  const forward = jit((model, ids, constants) => decoder(jax, model, null, ids, constants));
  const score = jit((model, ids, constants) => {
    const logs = nn.logSoftmax(decoder(jax, model, null, ids, constants), -1);
    return np.exp(logs.ref).mul(logs).sum(-1).mul(-1).reshape([batch, context]).mean(-1);
  });
  const loss = (adapter, model, ids, oneHot, constants) =>
    nn
      .logSoftmax(decoder(jax, model, adapter, ids, constants), -1)
      .mul(oneHot)
      .sum()
      .mul(-1 / TOKENS);
  const step = jit((adapter, first, second, correction1, correction2, model, ids, oneHot, constants) => {
    const [value, gradient] = valueAndGrad(loss)(tree.ref(adapter), model, ids, oneHot, constants);
    const squares = Object.values(gradient)
      .map((g) => np.square(g.ref).sum())
      .reduce((a, b) => a.add(b));
    const clip = np.minimum(np.reciprocal(np.sqrt(squares).add(1e-6)).mul(LORA.clip), 1);
    const out = [{}, {}, {}];
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
  });

  const modelTask = (task, prepare) => ({
    suite: "model",
    task,
    shape: MODEL_SHAPE,
    impl: IMPL,
    unit: "tokens/s",
    prepare,
  });
  const run = (program) => {
    const { model, ids, constants } = place();
    return program(tree.ref(model), ids.ref, tree.ref(constants));
  };
  const rate = (program) => async () => {
    const s = await timed(async () => {
      const out = run(program);
      await finished([out]);
      out.dispose();
    });
    return TOKENS / s;
  };
  return [
    ...products,
    modelTask(FORWARD, async () => {
      const logits = await run(forward).data();
      const got = [logits[0], logits[777], logits[logits.length - 1]];
      const wrong = wrongBy(got, [EXPECTED.logit0, EXPECTED.logit777, EXPECTED.lastLogit]);
      return { ...wrong, measure: rate(forward), dispose: () => {} };
    }),
    modelTask(SCORE, async () => {
      const wrong = wrongBy(await run(score).data(), EXPECTED.entropies);
      return { ...wrong, measure: rate(score), dispose: () => {} };
    }),
    modelTask(STEP, async () => {
      const { model, ids, oneHot, constants } = place();
      const start = {};
      for (const [name, { a, b }] of adapterStart()) {
        start[`${name}.a`] = np.array(a.values, { shape: [...a.shape] });
        start[`${name}.b`] = np.array(b.values, { shape: [...b.shape] });
      }
      const zeros = () =>
        Object.fromEntries(Object.entries(start).map(([name, x]) => [name, np.zeros(x.shape)]));
      let state = [start, zeros(), zeros()];
      let steps = 0;
      const one = async () => {
        steps++;
        const [c1, c2] = [LORA.beta1, LORA.beta2].map((beta) => np.array([1 / (1 - beta ** steps)]));
        const [value, ...next] = step(
          ...state,
          c1,
          c2,
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
      const losses = [];
      while (losses.length < 2) losses.push(await one());
      return {
        ...wrongBy(losses, EXPECTED.losses.slice(0, 2)),
        measure: async () => TOKENS / (await timed(one)),
        dispose: () => {},
      };
    }),
  ];
}
