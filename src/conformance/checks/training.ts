// Supervised training: loss of a packed batch, its gradients, ten optimiser steps.
import type { AdapterState, TrainItem } from "../../model/engine";
import { documents, ending, inputTensor, loraTensor, scalar, statsOf, vector } from "../context";
import type { Check, CheckContext } from "../context";
import { chunks } from "../packed";
import { numberParam, numbersParam, wordParam } from "../spec";

/** The packed documents with their loss masks, document by document. */
function maskedDocuments(context: CheckContext): { docs: Uint32Array[]; masks: Uint8Array[] } {
  const docs = documents(context, "batch");
  const mask = Uint8Array.from(inputTensor(context, "batch/loss_mask"));
  let start = 0;
  return { docs, masks: docs.map((d) => mask.subarray(start, (start += d.length))) };
}

/** The mean of −log p over the targets of these documents; a document's first token is never a target. */
function sftItems(docs: Uint32Array[], masks: Uint8Array[], maxRows: number): TrainItem[] {
  const mask = Uint8Array.from(masks.flatMap((m) => [...m]));
  const parts = chunks(docs, (token) => mask[token] === 1, maxRows);
  const targets = parts.reduce((sum, part) => sum + part.targets.length, 0);
  return parts.map(({ batch, head }) => ({
    batch,
    head,
    objective: { nllWeight: new Float32Array(head.targets.length).fill(1 / targets) },
  }));
}

export const sftLoss: Check = async (context) => {
  const { docs, masks } = maskedDocuments(context);
  if (context.check.adapter) {
    const { loss } = await context.engine.gradients(sftItems(docs, masks, context.engine.maxRows));
    return () => scalar(loss);
  }
  // Without the adapter there is nothing to differentiate: the same mean from log-probabilities.
  const mask = Uint8Array.from(masks.flatMap((m) => [...m]));
  const parts = chunks(docs, (token) => mask[token] === 1, context.engine.maxRows);
  const { logprob } = await statsOf(context.engine, docs, (token) => mask[token] === 1);
  const tokens = parts.flatMap((part) => part.targets);
  return () => scalar(-tokens.reduce((sum, token) => sum + logprob[token], 0) / tokens.length);
};

export const loraGrads: Check = async (context) => {
  const { docs, masks } = maskedDocuments(context);
  const { gradients } = await context.engine.gradients(sftItems(docs, masks, context.engine.maxRows));
  return (name) => loraTensor(gradients, name);
};

/** Step s = 0, 1, …: linear warm-up from 0, then constant, linear or cosine decay to 0. */
function learningRate(
  step: number,
  steps: number,
  warmup: number,
  peak: number,
  schedule: "constant" | "linear" | "cosine",
): number {
  if (step < warmup) return (peak * step) / Math.max(1, warmup);
  const done = (step - warmup) / Math.max(1, steps - warmup);
  if (schedule === "linear") return peak * Math.max(0, 1 - done);
  if (schedule === "cosine") return peak * Math.max(0, (1 + Math.cos(Math.PI * done)) / 2);
  return peak;
}

export const adamw: Check = async (context) => {
  const { engine, check } = context;
  const { params } = check;
  const { docs, masks } = maskedDocuments(context);
  const [beta1, beta2] = numbersParam(params, "betas");
  const schedule = wordParam(params, "schedule", ["constant", "linear", "cosine"]);
  const steps = numberParam(params, "steps");
  const order = params.step_documents;
  if (!Array.isArray(order) || order.length !== steps)
    throw new Error(`params.step_documents: expected ${steps} lists of documents`);
  const losses: number[] = [];
  const norms: number[] = [];
  const rates: number[] = [];
  const before = await engine.readState();
  let weights: AdapterState;
  try {
    engine.resetOptimizer();
    for (let step = 0; step < steps; step++) {
      const chosen = numbersParam({ documents: order[step] as unknown }, "documents");
      const rate = learningRate(
        step,
        steps,
        numberParam(params, "warmup_steps"),
        numberParam(params, "lr"),
        schedule,
      );
      const items = sftItems(
        chosen.map((d) => docs[d]),
        chosen.map((d) => masks[d]),
        engine.maxRows,
      );
      const report = await engine.trainStep(items, {
        learningRate: rate,
        beta1,
        beta2,
        epsilon: numberParam(params, "eps"),
        weightDecay: numberParam(params, "weight_decay"),
        clipNorm: numberParam(params, "max_grad_norm"),
      });
      if (report.skipped)
        throw new Error(`step ${step} was skipped: loss ${report.loss}, gradient norm ${report.gradNorm}`);
      losses.push(report.loss);
      norms.push(report.gradNorm);
      rates.push(rate);
    }
    weights = (await engine.readState()).adapter;
  } finally {
    // The checks that follow are about the adapter as stored.
    engine.writeState(before);
  }
  const table: Record<string, number[]> = { losses, grad_norms: norms, learning_rates: rates };
  return (name) =>
    Object.hasOwn(table, ending(name)) ? vector(table[ending(name)]) : loraTensor(weights, name);
};
