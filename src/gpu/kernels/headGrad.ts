// The gradient with respect to the logits, written over the logits, one tile of the vocabulary at a time.
import { thread } from "../../../shaders/common/index";
import { headGrad } from "../../../shaders/loss/index";
import { defineKernel, fold, withOverrides, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { STAT_WORDS } from "./headFinish";
import { expectTile, type TilePlace } from "./headTile";
import { headLanes } from "./headLanes";

const base = defineKernel([thread, headGrad]);

/** This kernel has no barriers, so threads can share a row at no cost. */
const lanesOf = (width: number) => headLanes(width, 4);

/** The variant used for tiles of `width` columns. */
export const headGradKernel = (width: number) => withOverrides(base, lanesOf(width));

/**
 * logits f32[M, Vt] ← d loss / d logits, in place, from `stats` [M, 4] (headFinish), `targets` u32[M] and `grads`
 * f32[M, 2] (policyGradient). Columns from `vocab` on become 0, and rows whose two grads are 0. Vt: a multiple of 4.
 * `sharpness`: 1 / temperature, as in logitMoments; default 1.
 * @throws ShapeError, LabError "internal"
 */
export function encodeHeadGrad(
  rec: Recorder,
  tensors: TensorsFor<typeof base>,
  place: TilePlace & { sharpness?: number },
): void {
  const { rows, width, live } = expectTile(tensors.logits, place);
  expectShape(tensors.stats, [rows, STAT_WORDS]);
  expectShape(tensors.targets, [rows]);
  expectShape(tensors.grads, [rows, 2]);
  const lanes = lanesOf(width);
  const { firstVocab, sharpness = 1 } = place;
  const dims = { rows, width4: width / 4, live, firstVocab, sharpness };
  const grid = fold(Math.ceil((rows * lanes.LANES) / lanes.WG));
  rec.dispatch(headGradKernel(width), { ...tensors, dims }, grid, 8 * rows * width);
}
