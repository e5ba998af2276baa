// Only one tab may train a run: it holds a Web Lock of the run's name, which the browser releases when the tab
// dies. In browsers without Web Locks the heartbeat in the run's record is used instead (`db/owner.ts`).

/** The part of the browser's LockManager that is used here. */
export type Locks = Pick<LockManager, "request" | "query">;

const PREFIX = "proximal-run:";

/** null where this browser has none. */
export function webLocks(): Locks | null {
  return globalThis.navigator?.locks ?? null;
}

/** Takes the run's lock if it is free. @returns a function that releases it, or null if another tab holds it */
export function takeLock(locks: Locks, runId: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    locks
      .request(PREFIX + runId, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise<void>((letGo) => resolve(letGo));
      })
      .catch(reject);
  });
}

/** Ids of the runs whose lock some tab holds. */
export async function lockedRuns(locks: Locks): Promise<Set<string>> {
  const { held = [] } = await locks.query();
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}
