// Pause, single steps and stop. The training loop asks at fixed points (gates) whether it may continue; the user
// may answer at any time.
import { LabError } from "../lib/errors";

/**
 * - chunk: inside a phase (a part of the pool was scored); cheap to wait at, nothing to save
 * - step: between training steps; everything can be saved
 * - round: between rounds; everything can be saved
 */
export type Gate = "chunk" | "step" | "round";

/** The error that ends a phase when the user stops the run. */
export function stopped(): LabError {
  return new LabError("stopped", "The run was stopped.", "Resume it to continue from its last checkpoint.");
}

export class RunControl {
  #paused = false;
  #stopping = false;
  /** What a paused run may still do before it waits again. */
  #credit: "step" | "round" | null = null;
  #finishing = false;
  #wake: (() => void) | null = null;
  /** Called with true when the loop pauses at a gate, with false when it continues. */
  onRest: ((resting: boolean) => void) | null = null;

  get state(): "running" | "paused" | "stopping" {
    if (this.#stopping) return "stopping";
    return this.#mustWait() ? "paused" : "running";
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  pause(): void {
    this.#paused = true;
    this.#credit = null;
  }

  resume(): void {
    this.#paused = false;
    this.#credit = null;
    this.#wakeUp();
  }

  /** While paused: goes on for one training step or up to the end of the round. */
  step(unit: "step" | "round"): void {
    this.#paused = true;
    this.#credit = unit;
    this.#wakeUp();
  }

  stop(): void {
    this.#stopping = true;
    this.#wakeUp();
  }

  /**
   * Waits while paused.
   *
   * @param atRest called once before waiting (saves, where the gate allows it)
   * @returns false when the run is to stop
   */
  async gate(kind: Gate, atRest?: () => Promise<void>): Promise<boolean> {
    if (kind !== "chunk") this.#finishing = false;
    if (kind === "round" && this.#credit === "round") this.#credit = null;
    let rested = false;
    while (this.#mustWait()) {
      if (!rested) {
        rested = true;
        this.onRest?.(true);
        await atRest?.();
        continue; // the user may have decided while it was saving
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (rested) this.onRest?.(false);
    if (kind === "step" && this.#credit === "step") {
      this.#credit = null;
      this.#finishing = true;
    }
    return !this.#stopping;
  }

  /** A single step that was allowed is finished completely before the run pauses again. */
  #mustWait(): boolean {
    return this.#paused && !this.#stopping && this.#credit === null && !this.#finishing;
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
