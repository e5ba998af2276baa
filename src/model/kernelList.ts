// Finds the kernels an engine will need by recording its work without running it: forward, head, backward, update
// and a decoding step, each at a few sizes, because the variant of a kernel depends on the size. They are compiled
// ahead in one batch, so that no training step has to wait for a compiler.
import type { Kernel } from "../gpu/kernel";
import { encodeAdamW } from "../gpu/kernels/adamw";
import { encodeGradNorm, gradNormPartials } from "../gpu/kernels/gradNorm";
import { NO_POLICY } from "../gpu/kernels/policyGradient";
import { DRAW_WORDS, encodeSample, SLOT_WORDS } from "../gpu/kernels/sample";
import { encodeSumTerms } from "../gpu/kernels/sumTerms";
import { Recorder } from "../gpu/recorder";
import type { Tensor } from "../gpu/tensor";
import { first } from "./buffers";
import type { KernelNeeds } from "./engine";
import { encodeBackward, encodeForward } from "./forward";
import { encodeAllLogits, encodeHead, encodeHeadRows, encodeHeadRowsGrad } from "./head";
import { ROW_CLASSES } from "./variants";
import type { Workspace } from "./workspace";

/** Every kernel of that work, each once. Uses temporary buffers of its own. */
export function kernelsOf(space: Workspace, needs: KernelNeeds): Kernel[] {
  const drafts = space.sibling();
  const stub = space.gpu.alloc([1], "f32", "draft", "scratch");
  // Nothing here is run, so one small buffer can stand in for tensors of any size.
  const make: Make = (shape, dtype) => ({ ...stub, shape, dtype });
  const rec = new Recorder();
  for (const rows of ROW_CLASSES) {
    score(rec, drafts, rows, needs.top20);
    if (needs.decode) decode(rec, drafts, rows, make);
    if (needs.train) train(rec, drafts, rows, make);
  }
  if (needs.train) update(rec, drafts, make);
  drafts.release();
  space.gpu.free(stub);
  const kernels = rec.commands.flatMap((c) => (c.kind === "dispatch" ? [c.kernel] : []));
  return [...new Map(kernels.map((kernel) => [kernel.key, kernel])).values()];
}

type Make = (shape: number[], dtype: "f32" | "u32") => Tensor;
const sizeOf = (rows: number) => ({ rows, head: rows, positions: rows, pairs: rows });

function score(rec: Recorder, space: Workspace, rows: number, top20: boolean): void {
  const c = space.contexts("infer", sizeOf(rows));
  encodeHeadRows(rec, c.head, encodeForward(rec, c.forward));
  encodeHead(rec, c.head, { top20, train: null });
}

function decode(rec: Recorder, space: Workspace, rows: number, make: Make): void {
  const c = space.contexts("infer", { ...sizeOf(rows), decode: true });
  const { config, shape } = space.weights;
  const logits = make([rows, shape.vocab], "f32");
  encodeHeadRows(rec, c.head, encodeForward(rec, c.forward));
  encodeAllLogits(rec, c.head, logits);
  const slots = { slots: make([rows, SLOT_WORDS], "u32"), stops: make([1], "u32") };
  encodeSample(
    rec,
    { logits, rows: c.shared.rows, ...slots, out: make([1, rows, DRAW_WORDS], "u32") },
    { step: 0, vocab: config.vocab, stopCount: 0, temperature: 1, topK: 0, topP: 1, seed: 0, maxNew: 1 },
  );
}

function train(rec: Recorder, space: Workspace, rows: number, make: Make): void {
  const c = space.contexts("train", { ...sizeOf(rows), recompute: true });
  encodeHeadRows(rec, c.head, encodeForward(rec, c.forward));
  encodeHead(rec, c.head, { top20: false, train: NO_POLICY });
  const terms = { terms: first(c.buffers.terms, rows), total: make([1], "f32") };
  encodeSumTerms(rec, terms, { accumulate: false });
  encodeHeadRowsGrad(rec, c.head, c.shared.dx, rows);
  encodeBackward(rec, c.forward, space.adapter);
}

function update(rec: Recorder, space: Workspace, make: Make): void {
  const { param, grad, first: moment, second } = space.adapter;
  const status = make([4], "f32");
  const partials = make([gradNormPartials(param.shape[0])], "f32");
  encodeGradNorm(rec, { grad, partials, loss: make([1], "f32"), status }, { clipNorm: 1 });
  const settings = { learningRate: 0, beta1: 0, beta2: 0, epsilon: 0, weightDecay: 0 };
  encodeAdamW(
    rec,
    { param, grad, first: moment, second, status },
    { ...settings, correction1: 1, correction2: 1 },
  );
}
