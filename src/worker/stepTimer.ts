// Times one training step kernel by kernel when the user asks for it. Other steps are not affected; the timed step
// gives the same numbers but takes longer.
import type { Gpu } from "../gpu/gpu";
import { Profiler } from "../gpu/profiler";
import { LabError } from "../lib/errors";
import type { StepProfile } from "../lib/profile";

interface Asked {
  resolve: (profile: StepProfile) => void;
  reject: (error: LabError) => void;
}

export class StepTimer {
  #asked: Asked | null = null;

  constructor(
    private readonly gpu: Gpu,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The times of the next training step. @throws LabError where there can be none, or the run ends before it. */
  next(): Promise<StepProfile> {
    if (!this.gpu.features.has("timestamp-query"))
      throw new LabError(
        "gpu-limit",
        `This browser gives no timestamps for ${this.gpu.info.description}, so single kernels cannot be timed.`,
        "The time of whole phases is measured without them.",
      );
    if (this.#asked) throw new LabError("config", "A step is being timed already.", "Wait for it to finish.");
    return new Promise((resolve, reject) => (this.#asked = { resolve, reject }));
  }

  /** The run is over: whoever still waits is told. */
  end(): void {
    const asked = this.#asked;
    this.#asked = null;
    asked?.reject(
      new LabError("stopped", "The run ended before another training step.", "Start a run, then ask again."),
    );
  }

  /** Runs a training step; times it when somebody has asked. */
  async around<T>(step: () => Promise<T>): Promise<T> {
    const asked = this.#asked;
    if (!asked) return step();
    this.#asked = null;
    const { gpu } = this;
    const profiler = new Profiler(gpu.device);
    gpu.profiler = profiler;
    const from = this.now();
    try {
      const result = await step();
      await gpu.done();
      const { kernels, untimed } = profiler;
      asked.resolve({ adapter: gpu.info.description, stepMs: this.now() - from, kernels, untimed });
      return result;
    } catch (thrown) {
      asked.reject(
        new LabError("gpu", "The step that was timed failed.", "The run says why.", {
          reason: String(thrown),
        }),
      );
      throw thrown;
    } finally {
      gpu.profiler = null;
      profiler.dispose();
    }
  }
}
