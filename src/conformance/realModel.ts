// Checks a real pretrained model (SmolLM2) against PyTorch: loads the GGUF file through the lab's own loader and
// engine and compares with the numbers of scripts/smollm2/golden.py. At the end it exports the trained adapter as
// PEFT files.
import { urlFolder, urlSource } from "../data/urlSource";
import { openGguf } from "../data/gguf";
import type { OpenModel } from "../data/modelFolder";
import { writeAdapter } from "../data/peft";
import { writeSafetensors, type TensorData } from "../data/safetensors";
import type { TextTokenizer } from "../data/tokenizer";
import { Gpu } from "../gpu/gpu";
import type { AdapterConfig } from "../families/config";
import type { AdapterState, Engine } from "../model/engine";
import { createGpuEngine } from "../model/gpuEngine";
import { pack, type Group } from "../train/pack";
import { openTensors, statsOf } from "./context";
import { packDocuments } from "./packed";
import { parseRealGolden, type RealGolden } from "./realGolden";
import type { Row } from "./runCase";

export interface RealJob {
  label: string;
  /** Address of the GGUF file. */
  model: string;
  /** Folder of golden.json and lora.safetensors, a web address ending in a slash. */
  base: string;
  /** Where the exported adapter's files are posted, by name; ends in a slash. */
  outbox: string;
}

/** Float32 PyTorch itself is off by 4e-5 nats here; sums of 49,152 terms in another order may be a few times that. */
const NATS_TOLERANCE = 3e-4;
/** Shares of the loss and of the gradient norm; float32 PyTorch: 1e-5 and 1.6e-4. Steps add their errors up. */
const LOSS_TOLERANCE = 1e-3;
const NORM_TOLERANCE = 5e-3;
/** ‖got − want‖ / ‖want‖ of factors after ten steps; float32 PyTorch: 1.8e-4. */
const WEIGHT_TOLERANCE = 5e-3;
/** Rows of one batch: the three chats fit twice. */
const MAX_ROWS = 512;

type Golden = RealGolden;
interface Finding {
  share: number;
  message: string;
}

/** Worst |got − want| as a share of what is allowed. */
function compare(
  got: ArrayLike<number>,
  want: readonly number[],
  allowed: (want: number) => number,
): Finding {
  if (got.length !== want.length)
    return { share: Infinity, message: `${got.length} values, expected ${want.length}` };
  let worst: Finding = { share: 0, message: "" };
  for (let i = 0; i < want.length; i++) {
    const share = Math.abs(got[i] - want[i]) / allowed(want[i]);
    if (!(share <= worst.share))
      worst = {
        share: Number.isNaN(share) ? Infinity : share,
        message: share <= 1 ? "" : `[${i}] is ${got[i]}, expected ${want[i]}`,
      };
  }
  return worst;
}

const same = (got: ArrayLike<number>, want: readonly number[]): Finding => compare(got, want, () => 0.5);
const worstOf = (findings: readonly Finding[]): Finding =>
  findings.reduce((worst, one) => (one.share <= worst.share ? worst : one), { share: 0, message: "" });

/**
 * A of the module-th adapted linear, as golden.py's initial_a: hashed integers, uniform in ±1/√inputs. PyTorch's own
 * random numbers cannot be had here, and these can be had everywhere.
 */
export function initialA(module: number, rank: number, inputs: number): Float32Array {
  const out = new Float32Array(rank * inputs);
  const salt = Math.imul(module + 1, 2246822519);
  const root = Math.sqrt(inputs);
  for (let k = 0; k < out.length; k++) {
    let h = Math.imul(k + 1, 2654435761) ^ salt;
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    h ^= h >>> 16;
    out[k] = ((h >>> 0) / 2 ** 31 - 1) / root;
  }
  return out;
}

async function hex256(values: Float32Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", values.slice().buffer);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Every A by the formula, every B zero, in the order of the forward pass. */
function firstState(now: AdapterState, { lora: { targets } }: Golden): AdapterState {
  return new Map(
    [...now].map(([name, { shape }]) => {
      const layer = Number(/layers\.(\d+)\./.exec(name)?.[1]);
      const target = targets.findIndex((t) => name.includes(`.${t}.`));
      const values = name.includes(".lora_A.")
        ? initialA(layer * targets.length + target, shape[0], shape[1])
        : new Float32Array(shape[0] * shape[1]);
      return [name, { shape, values }];
    }),
  );
}

function tokenizerFinding(tokenizer: TextTokenizer, golden: Golden): Finding {
  const checks = golden.greedy.runs.map(({ prompt, prompt_ids }) =>
    same(tokenizer.chatIds(prompt), prompt_ids),
  );
  checks.push(same(tokenizer.encode(golden.text.text), golden.text.ids));
  for (const { prompt, answer, ids } of golden.lora.chats) {
    const mine = [...tokenizer.chatIds(prompt), ...tokenizer.encode(answer), golden.greedy.eos_token_id];
    checks.push(same(mine, ids));
  }
  return worstOf(checks);
}

async function textFinding(engine: Engine, golden: Golden): Promise<Finding> {
  const { ids, logprobs, entropies } = golden.text;
  const { logprob, entropy } = await statsOf(engine, [Uint32Array.from(ids)]);
  return worstOf([
    compare(logprob, logprobs, () => NATS_TOLERANCE),
    compare(entropy, entropies, () => NATS_TOLERANCE),
  ]);
}

async function greedyFinding(engine: Engine, golden: Golden): Promise<Finding> {
  const { runs, max_new_tokens, eos_token_id } = golden.greedy;
  const answers = await engine.generate(
    runs.map(({ prompt_ids }, key) => ({ key, prompt: Uint32Array.from(prompt_ids) })),
    {
      maxNewTokens: max_new_tokens,
      temperature: 0,
      topP: 1,
      topK: 0,
      seed: 1,
      stopTokens: [eos_token_id],
    },
  );
  return worstOf(
    runs.map(({ prompt, tokens }, i) => {
      const finding = same(answers.find((a) => a.request === i)?.tokens ?? [], tokens);
      return finding.share > 1 ? { ...finding, message: `“${prompt}” ${finding.message}` } : finding;
    }),
  );
}

/** The chats begin with the same system message: computed once, as in the lab's own training. */
function sharedPrompt(chats: Golden["lora"]["chats"]): Group {
  const [first] = chats;
  const length = first.ids.findIndex((id, i) => chats.some(({ ids }) => ids[i] !== id));
  const children = chats.map(({ ids, loss_mask }) => ({
    tokens: ids.slice(length),
    targetFrom: loss_mask.indexOf(1) - length,
  }));
  return { prefix: first.ids.slice(0, length), children };
}

/** Ten optimiser steps on the three chats, their losses on the answers only. */
async function train(engine: Engine, golden: Golden): Promise<{ losses: number[]; norms: number[] }> {
  const { chats, steps, lr, betas, eps, weight_decay, max_grad_norm } = golden.lora;
  const { batch, head } = pack([sharedPrompt(chats)]);
  const objective = { nllWeight: new Float32Array(head.targets.length).fill(1 / head.targets.length) };
  const items = [{ batch, head, objective }];
  const [losses, norms]: [number[], number[]] = [[], []];
  for (let step = 0; step < steps; step++) {
    const report = await engine.trainStep(items, {
      learningRate: lr,
      beta1: betas[0],
      beta2: betas[1],
      epsilon: eps,
      weightDecay: weight_decay,
      clipNorm: max_grad_norm,
    });
    losses.push(report.loss);
    norms.push(report.gradNorm);
  }
  return { losses, norms };
}

const distance = (got: ArrayLike<number>, want: ArrayLike<number>): number => {
  let [gap, size] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    gap += (got[i] - want[i]) ** 2;
    size += want[i] ** 2;
  }
  return Math.sqrt(gap / size);
};

/** PEFT's two files, and what our engine computes with the adapter on, for check_export.py. */
async function exportTo(
  outbox: string,
  engine: Engine,
  config: AdapterConfig,
  ids: readonly number[],
): Promise<void> {
  const { adapter } = await engine.readState();
  const files = writeAdapter(config, adapter, "HuggingFaceTB/SmolLM2-135M-Instruct");
  const rows = Uint32Array.from(ids, (_, row) => row);
  const logits = await engine.logits(packDocuments([ids]), rows);
  const probe = new Map<string, TensorData>([
    ["input_ids", { dtype: "I32", shape: [ids.length], values: Int32Array.from(ids) }],
    ["logits", { dtype: "F32", shape: [ids.length, engine.config.vocab], values: logits }],
  ]);
  files.push({ name: "probe.safetensors", bytes: writeSafetensors(probe) });
  for (const { name, bytes } of files) {
    const sent = await fetch(new URL(name, outbox), { method: "POST", body: bytes.slice().buffer });
    if (!sent.ok) throw new Error(`${name} could not be handed over: ${sent.status}`);
  }
}

interface OpenReal {
  golden: Golden;
  model: OpenModel;
  adapter: AdapterConfig;
  engine: Engine;
  close: () => void;
}

async function open(job: RealJob): Promise<OpenReal> {
  const golden = parseRealGolden(await (await fetch(new URL("golden.json", job.base))).json());
  const source = await urlSource(job.model, golden.file.name);
  if (!source) throw new Error(`${job.model} is missing`);
  if (source.size !== golden.file.bytes)
    throw new Error(`the file has ${source.size} bytes, expected ${golden.file.bytes}`);
  const model = await openGguf(source);
  const { r, alpha, targets } = golden.lora;
  const adapter: AdapterConfig = { rank: r, alpha, targets, useRslora: false, layers: null };
  const gpu = await Gpu.open();
  try {
    const engine = await createGpuEngine(gpu, model, adapter, { maxRows: MAX_ROWS, slots: 4 });
    const close = () => (engine.dispose(), gpu.dispose());
    return { golden, model, adapter, engine, close };
  } catch (thrown) {
    gpu.dispose();
    throw thrown;
  }
}

/** The trained factors that the golden file keeps, by their relative distance. */
async function factors(job: RealJob, got: AdapterState): Promise<Finding> {
  const want = await openTensors(urlFolder(job.base, job.label), "lora.safetensors");
  return worstOf(
    [...want].map(([name, { values }]) => {
      const mine = got.get(name);
      if (!mine) throw new Error(`${name} was not trained`);
      const away = distance(mine.values, values);
      const share = away / WEIGHT_TOLERANCE;
      return { share, message: share <= 1 ? "" : `${name} is ${away} away, relatively` };
    }),
  );
}

async function startAs(engine: Engine, golden: Golden): Promise<void> {
  for (const [module, hash] of Object.entries(golden.lora.initial_a_sha256)) {
    const inputs = Number(module) === 0 ? engine.config.hidden : engine.config.intermediate;
    if ((await hex256(initialA(Number(module), golden.lora.r, inputs))) !== hash)
      throw new Error(`the initial A of module ${module} is not PyTorch's`);
  }
  engine.resetOptimizer();
  const state = await engine.readState();
  engine.writeState({ ...state, adapter: firstState(state.adapter, golden) });
}

/** A row a check; whatever goes wrong is a failed row. */
export async function runReal(job: RealJob, onRow: (row: Row) => void): Promise<void> {
  const fine: Finding = { share: 0, message: "" };
  const fault = (thrown: unknown): Finding => ({
    share: Infinity,
    message: thrown instanceof Error ? thrown.message : String(thrown),
  });
  const check = async (name: string, work: Promise<Finding>): Promise<void> => {
    const from = performance.now();
    const finding = await work.catch(fault);
    onRow({ case: job.label, check: name, kind: "real", ...finding, elapsedMs: performance.now() - from });
  };
  const opening = open(job);
  await check(
    "loads",
    opening.then(() => fine),
  );
  const opened = await opening.catch(() => null);
  if (!opened) return;
  const { golden, model, adapter, engine, close } = opened;
  try {
    const { tokenizer } = model;
    await check(
      "tokenizer",
      (async () => (tokenizer ? tokenizerFinding(tokenizer, golden) : fault("none")))(),
    );
    await check("log-probabilities", textFinding(engine, golden));
    await check("greedy", greedyFinding(engine, golden));
    let norms: number[] = [];
    const steps = async () => {
      await startAs(engine, golden);
      const run = await train(engine, golden);
      norms = run.norms;
      const { losses } = run;
      if (!(losses[losses.length - 1] < losses[0]))
        throw new Error(`the loss did not fall: ${losses.join()}`);
      return compare(losses, golden.lora.losses, (want) => LOSS_TOLERANCE * Math.max(0.1, want));
    };
    await check("ten LoRA steps", steps());
    const normFinding = compare(norms, golden.lora.grad_norms, (want) => NORM_TOLERANCE * want);
    await check("gradient norms", Promise.resolve(normFinding));
    await check(
      "trained factors",
      engine.readState().then((state) => factors(job, state.adapter)),
    );
    const { prompt_ids } = golden.greedy.runs[0];
    await check(
      "export",
      exportTo(job.outbox, engine, adapter, prompt_ids).then(() => fine),
    );
  } finally {
    close();
  }
}
