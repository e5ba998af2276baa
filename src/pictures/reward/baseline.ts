// The rollout groups of the baseline run, where that was trained by reinforcement too.
import { baselineName, type Frame } from "../picture";
import type { Baseline } from "./parabola";

export const baselineGroups = (frame: Frame): Baseline | null =>
  frame.baseline && frame.baseline.groups.length > 0
    ? { name: baselineName(frame), groups: frame.baseline.groups }
    : null;
