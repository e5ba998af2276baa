// Whether the browser has promised to keep what the lab stores. Without that promise it may delete all of it, runs and
// models included, when the disk runs full.

const storage = (): StorageManager | undefined => ("storage" in navigator ? navigator.storage : undefined);

/** Asks for the promise, once something is about to be stored. A browser may ask the person, or decide by itself. */
export async function keepStored(): Promise<void> {
  try {
    await storage()?.persist?.();
  } catch {
    // Refused by policy: the note beside the runs tells it.
  }
}

/** Whether the promise is there. */
export async function isKept(): Promise<boolean> {
  try {
    return (await storage()?.persisted?.()) ?? false;
  } catch {
    return false;
  }
}
