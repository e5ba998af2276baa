// Draws the next token of every slot on the GPU and advances the slot, so that decoding needs no round trip to the
// CPU for each token.
import { laneExchange, logitCut, random, row } from "../../../shaders/common/index";
import { sample } from "../../../shaders/sampling/index";
import { LabError } from "../../lib/errors";
import { defineKernel, fold, withOverrides, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { ROW_WORDS } from "../rows";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const base = defineKernel([row, laneExchange, logitCut, random, sample]);

/** Words of a slot: key, rollout, emitted tokens, done (0 or 1); u32. */
export const SLOT_WORDS = 4;
/** Words of a drawn token: token, then the f32 bits of logprob, entropy (nats) and top-20 entropy (bits). */
export const DRAW_WORDS = 4;
/** Token of a slot that was done before the step. */
export const NO_TOKEN = 0xffffffff;

/** The variant used for rows of `width` logits. */
export const sampleKernel = (width: number) =>
  withOverrides(base, { LANES: width <= 1024 ? 8 : width <= 8192 ? 64 : 256 });

export interface SampleSettings {
  /** Row of `out` to write. */
  step: number;
  vocab: number;
  /** Entries of `stops` in use. */
  stopCount: number;
  /** 0 = greedy. */
  temperature: number;
  /** 0 = off. Equal logits at the edge are all kept. */
  topK: number;
  /** 1 = off. */
  topP: number;
  seed: number;
  /** A slot is done when it has emitted this many. */
  maxNew: number;
  wantTop20?: boolean;
}

/**
 * Draws a token for each slot from `logits` f32[B, Vs] (columns from `vocab` on ignored), writes
 * `out` u32[steps, B, 4] at `step` (DRAW_WORDS; log-probability and entropy before temperature and cuts), and moves
 * `rows` u32[B, 8] (rows.ts) and `slots` u32[B, 4] (SLOT_WORDS) on. Slots that are done stay as they are and get
 * NO_TOKEN. A draw depends on the logits, the seed and the slot's key, rollout and emitted count, on nothing else.
 * @throws ShapeError, LabError "internal"
 */
export function encodeSample(
  rec: Recorder,
  tensors: TensorsFor<typeof base>,
  settings: SampleSettings,
): void {
  const { step, vocab, stopCount, temperature, topK, topP, seed, maxNew, wantTop20 = false } = settings;
  const [count, width] = expectShape(tensors.logits, ["B", "Vs"]);
  expectVectors(tensors.logits, width);
  expectShape(tensors.rows, [count, ROW_WORDS]);
  expectShape(tensors.slots, [count, SLOT_WORDS]);
  const [stops] = expectShape(tensors.stops, ["S"]);
  const [steps] = expectShape(tensors.out, ["steps", count, DRAW_WORDS]);
  const known = vocab >= 1 && vocab <= width && vocab < 2 ** 24 && stopCount <= stops && step < steps;
  if (!known || !(temperature >= 0) || !(topP > 0) || !(topK >= 0)) {
    throw new LabError(
      "internal",
      `sample: vocab ${vocab} of ${width}, ${stopCount} of ${stops} stops, step ${step} of ${steps}, ` +
        `temperature ${temperature}, topK ${topK}, topP ${topP}`,
    );
  }
  const dims = {
    width4: width / 4,
    vocab,
    count,
    step,
    stopCount,
    maxNew,
    seed,
    topK: topK < vocab ? topK : 0,
    topP: Math.min(topP, 1),
    sharpness: temperature > 0 ? 1 / temperature : 0,
    wantTop20: Number(wantTop20),
  };
  const cuts =
    Number(dims.sharpness > 0 && dims.topK > 0) + Number(dims.sharpness > 0 && topP < 1) + Number(wantTop20);
  rec.dispatch(sampleKernel(width), { ...tensors, dims }, fold(count), count * width * (40 + 128 * cuts));
}
