// The 20 largest logits of head rows, a tile of vocabulary at a time.
import { thread } from "../../../shaders/common/index";
import { top20 } from "../../../shaders/curriculum/index";
import { defineKernel, fold, withOverrides, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectTile, type TilePlace } from "./headTile";
import { headLanes } from "./headLanes";

const base = defineKernel([thread, top20]);

/** Logits kept a row. */
export const KEPT = 20;

/** 20 floats a thread have to fit the 16 KiB of workgroup memory that every device has. */
const lanesOf = (width: number) => headLanes(width, 1, 64);

/** The variant used for tiles of `width` columns. */
export const top20Kernel = (width: number) => withOverrides(base, lanesOf(width));

/**
 * `state` f32[M, 20] ← the 20 largest of it and of the tile `logits` f32[M, Vt], descending, −1e30 where there are
 * fewer; when `first`, of the tile alone. Columns from `vocab` on are ignored; Vt is a multiple of 4.
 * @throws ShapeError, LabError "internal"
 */
export function encodeTop20(
  rec: Recorder,
  tensors: TensorsFor<typeof base>,
  place: TilePlace & { first: boolean },
): void {
  const { rows, width, live } = expectTile(tensors.logits, place);
  expectShape(tensors.state, [rows, KEPT]);
  const lanes = lanesOf(width);
  const dims = { rows, width4: width / 4, live, first: Number(place.first) };
  const grid = fold(Math.ceil((rows * lanes.LANES) / lanes.WG));
  rec.dispatch(top20Kernel(width), { ...tensors, dims }, grid, 4 * rows * width);
}
