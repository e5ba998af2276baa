// LabError, the one error class for everything a user may have to act on: what happened, where, what to do, and the
// numbers.

export type LabErrorCode =
  | "config" // a setting is missing, of the wrong type or impossible
  | "data" // a dataset file cannot be used
  | "model" // a model folder or file cannot be used
  | "adapter" // a LoRA adapter file cannot be used
  | "gpu-missing" // no WebGPU, no adapter
  | "gpu-limit" // the device's limits do not allow it
  | "gpu-lost" // the device went away during work
  | "gpu" // validation or out-of-memory error from the device
  | "storage" // IndexedDB or OPFS refused, quota reached
  | "network" // a file could not be fetched
  | "diverged" // loss or gradient not finite, three steps in a row
  | "reward" // a user's reward function misbehaved
  | "stopped" // the user stopped the work
  | "internal"; // a bug of ours

/**
 * An error with one clear sentence.
 *
 * `message` is the sentence a user reads: what, where (row, byte, tensor, path), with the numbers.
 * `hint` is what to do next, one sentence. `facts` are the values for *copy details*.
 */
export class LabError extends Error {
  override readonly name = "LabError";
  constructor(
    readonly code: LabErrorCode,
    message: string,
    readonly hint = "",
    readonly facts: Readonly<Record<string, string | number | boolean>> = {},
  ) {
    super(message);
  }
}

/** Anything thrown, as a LabError: unknown errors become `internal` and keep their message. */
export function asLabError(thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new LabError("internal", text, "This is a bug in the lab. Copy the details and report them.");
}
