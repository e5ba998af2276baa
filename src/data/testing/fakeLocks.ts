// Test helper: Web Locks of one browser, as far as runs use them.
import type { Locks } from "../runLock";

export interface FakeLocks extends Locks {
  /** The browser takes back what a tab that died was holding. */
  drop(name: string): void;
}

export function fakeLocks(): FakeLocks {
  const held = new Set<string>();
  const request = async (
    name: string,
    options: LockOptions,
    work: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    if (!options.ifAvailable) throw new Error("only what is free is asked for");
    if (held.has(name)) return work(null);
    held.add(name);
    try {
      return await work({ name, mode: "exclusive" });
    } finally {
      held.delete(name);
    }
  };
  return {
    request: request as LockManager["request"],
    query: async () => ({ held: [...held].map((name) => ({ name })), pending: [] }),
    drop: (name) => void held.delete(name),
  };
}
