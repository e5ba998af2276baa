// Persistent storage: asks the browser never to delete what the lab stores. Without that permission the browser may
// delete all of it, runs and models included, when the disk is nearly full.

const storage = (): StorageManager | undefined => ("storage" in navigator ? navigator.storage : undefined);

/** Asks for persistent storage when something is about to be stored. The browser may ask the user, or decide by itself. */
export async function requestPersistence(): Promise<void> {
  try {
    await storage()?.persist?.();
  } catch {
    // Refused by policy: the list of runs says so.
  }
}

/** Whether this page has persistent storage. */
export async function isPersistent(): Promise<boolean> {
  try {
    return (await storage()?.persisted?.()) ?? false;
  } catch {
    return false;
  }
}
