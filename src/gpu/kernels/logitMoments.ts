// Computes the softmax moments (maximum, sum, weighted sum) of each row of logits online, one tile of the
// vocabulary at a time.
import { thread } from "../../../shaders/common/index";
import { logitMoments } from "../../../shaders/loss/index";
import { defineKernel, fold, withOverrides, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectTile, type TilePlace } from "./headTile";
import { headLanes } from "./headLanes";

const base = defineKernel([thread, logitMoments]);

/** Words of a row's state: peak, mass, tilt, target's logit, best logit, best token (u32), 2 spare. */
export const MOMENT_WORDS = 8;

/** The variant used for tiles of `width` columns. */
export const logitMomentsKernel = (width: number) => withOverrides(base, headLanes(width));

/**
 * Merges a tile `logits` f32[M, Vt] into `state` [M, 8] (its words are bits, see MOMENT_WORDS; any dtype), or starts
 * it when `first`. `targets` u32[M]. Logits count times `sharpness` (1 / temperature, default 1). Columns from `vocab` on are ignored; Vt is a multiple of 4.
 * @throws ShapeError, LabError "internal"
 */
export function encodeLogitMoments(
  rec: Recorder,
  tensors: TensorsFor<typeof base>,
  place: TilePlace & { first: boolean; sharpness?: number },
): void {
  const { rows, width, live } = expectTile(tensors.logits, place);
  expectShape(tensors.targets, [rows]);
  expectShape(tensors.state, [rows, MOMENT_WORDS]);
  const lanes = headLanes(width);
  const { firstVocab, first, sharpness = 1 } = place;
  const dims = { rows, width4: width / 4, live, firstVocab, first: Number(first), sharpness };
  const grid = fold(Math.ceil((rows * lanes.LANES) / lanes.WG));
  rec.dispatch(logitMomentsKernel(width), { ...tensors, dims }, grid, 8 * rows * width);
}
