// The groups of the run beside this one, where it was trained by rewards too.
import { besideName, type Frame } from "../picture";
import type { Beside } from "./parabola";

export const besideGroups = (frame: Frame): Beside | null =>
  frame.beside && frame.beside.groups.length > 0
    ? { name: besideName(frame), groups: frame.beside.groups }
    : null;
