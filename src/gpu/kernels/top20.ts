// The 20 largest logits of head rows, a tile of vocabulary at a time.
import source from "../../../shaders/curriculum/top20.wgsl?raw";
import { defineKernel, fold, withOverrides, type Kernel } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, type Tensor } from "../tensor";
import { expectTile, type TilePlace } from "./headTile";
import { headLanes } from "./headLanes";

const base = defineKernel({
  entry: "top20",
  source,
  bindings: [
    ["logits", "read"],
    ["state", "write"],
  ],
  dims: [
    ["rows", "u32"],
    ["width4", "u32"],
    ["live", "u32"],
    ["first", "u32"],
  ],
});

/** Logits kept a row. */
export const KEPT = 20;

/** 20 floats a thread have to fit the 16 KiB of workgroup memory that every device has. */
const lanesOf = (width: number) => headLanes(width, 1, 64);

/** The form used for tiles of `width` columns. */
export const top20Kernel = (width: number): Kernel => withOverrides(base, lanesOf(width));

/**
 * `state` f32[M, 20] ← the 20 largest of it and of the tile `logits` f32[M, Vt], descending, −1e30 where there are
 * fewer; when `first`, of the tile alone. Columns from `vocab` on are ignored; Vt is a multiple of 4.
 * @throws ShapeError, LabError "internal"
 */
export function encodeTop20(
  rec: Recorder,
  tensors: { logits: Tensor; state: Tensor },
  place: TilePlace & { first: boolean },
): void {
  const { rows, width, live } = expectTile(tensors.logits, place);
  expectShape(tensors.state, [rows, KEPT]);
  const lanes = lanesOf(width);
  const dims = { rows, width4: width / 4, live, first: Number(place.first) };
  const grid = fold(Math.ceil((rows * lanes.LANES) / lanes.WG));
  rec.dispatch(top20Kernel(width), { ...tensors, dims }, grid, 4 * rows * width);
}
