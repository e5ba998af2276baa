// Turns the softmax moments of a row into log-probability, entropy, log-sum-exp and the likeliest token.
import { thread } from "../../../shaders/common/index";
import { headFinish } from "../../../shaders/loss/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { MOMENT_WORDS } from "./logitMoments";

const WG = 32;
export const headFinishKernel = defineKernel([thread, headFinish], { overrides: { WG } });

/** Words of a row's statistics: logprob, entropy, lse (f32, nats), greedy token (u32). */
export const STAT_WORDS = 4;

/** `state` [M, 8] after the last tile → `stats` [M, 4], see STAT_WORDS; overwritten. @throws ShapeError */
export function encodeHeadFinish(rec: Recorder, tensors: TensorsFor<typeof headFinishKernel>): void {
  const [rows] = expectShape(tensors.state, ["M", MOMENT_WORDS]);
  expectShape(tensors.stats, [rows, STAT_WORDS]);
  rec.dispatch(headFinishKernel, { ...tensors, dims: { rows } }, fold(Math.ceil(rows / WG)), 8 * rows);
}
