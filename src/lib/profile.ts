// The times of one training step, kernel by kernel, as measured by the GPU's own clock.

/** One kernel that ran. */
export interface KernelTime {
  kernel: string;
  /** ms after the first one began. */
  startMs: number;
  durationMs: number;
  /** Counted from the shapes: matrix products exactly, the small kernels roughly. */
  multiplyAdds: number;
  workgroups: readonly [number, number, number];
  /** Which submission it was part of, from 0: what the GPU does in one go. */
  submission: number;
}

export interface StepProfile {
  adapter: string;
  /** The step as the worker's clock saw it, ms: kernels, the gaps between them, and the timing itself. */
  stepMs: number;
  kernels: readonly KernelTime[];
  /** Kernels that ran but could not be timed. */
  untimed: number;
}
