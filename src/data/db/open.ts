// Opens the database, and runs several writes in one transaction, so that all of them happen or none.
import { openDB, type IDBPTransaction } from "idb";
import { LabError } from "../../lib/errors";
import { bytes as formatBytes } from "../../lib/format";
import { DB_VERSION, upgradeDb, type LabDb, type LabSchema, type LabStore } from "./schema";

const FREE_SPACE = "Delete runs or datasets you no longer need, or free space on the disk, then try again.";

/**
 * The database, made or brought up to date on the way.
 * @throws LabError "storage" when the browser refuses, or holds a newer version.
 */
export async function openLabDb(name = "proximal"): Promise<LabDb> {
  if (typeof indexedDB === "undefined") {
    throw new LabError(
      "storage",
      "This browser offers no IndexedDB here.",
      "Leave private browsing, or allow storage for this site.",
    );
  }
  let refuse: (error: LabError) => void = () => {};
  let gaveUp = false;
  let upgradeFailure: unknown = null;
  const blocked = new Promise<never>((_, reject) => (refuse = reject));
  try {
    const opening = openDB<LabSchema>(name, DB_VERSION, {
      upgrade: (db, from, _to, tx) => {
        later(tx.done);
        // An upgrade that fails halfway is undone, and the database stays as it was.
        upgradeDb(db, from, tx).catch((thrown: unknown) => {
          upgradeFailure = thrown;
          tx.abort();
        });
      },
      blocked: () =>
        refuse(
          new LabError(
            "storage",
            "Another tab has an older version of Proximal open.",
            "Close the other tab, then reload this one.",
          ),
        ),
      // A newer version in another tab wants to upgrade: close, and open again at the next use.
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    });
    // The database was opened after all, but after the wait for it had ended.
    opening.then(
      (db) => gaveUp && db.close(),
      () => {},
    );
    return await Promise.race([opening, blocked]);
  } catch (thrown) {
    gaveUp = true;
    if (thrown instanceof LabError) throw thrown;
    if (thrown instanceof DOMException && thrown.name === "VersionError") {
      throw new LabError(
        "storage",
        `The stored data was written by a newer version of Proximal (this one knows version ${DB_VERSION}).`,
        "Reload the page to get the newer version.",
      );
    }
    throw storageError(upgradeFailure ?? thrown, "open the database", 0);
  }
}

/** Bytes that storage still takes, or null when the browser does not say. */
export async function freeBytes(): Promise<number | null> {
  const estimate = await globalThis.navigator?.storage?.estimate?.().catch(() => null);
  if (!estimate || estimate.quota === undefined) return null;
  return Math.max(0, estimate.quota - (estimate.usage ?? 0));
}

/** @throws LabError "storage" with both numbers when `needed` bytes will not fit. */
export async function requireSpace(what: string, needed: number): Promise<void> {
  const free = await freeBytes();
  if (free !== null && needed > free) throw tooLittleSpace(what, needed, free);
}

/**
 * Runs `work` in one transaction. When anything fails, nothing of it is kept.
 * `work` must not wait for anything but the transaction's own requests.
 * @param what completes "could not …", e.g. "save the checkpoint".
 * @param needed bytes about to be written, checked against the quota first.
 * @throws LabError "storage", or the LabError that `work` threw.
 */
export async function inTransaction<T, S extends LabStore>(
  db: LabDb,
  stores: S[],
  what: string,
  needed: number,
  work: (tx: IDBPTransaction<LabSchema, S[], "readwrite">) => Promise<T>,
): Promise<T> {
  await requireSpace(what, needed);
  // "strict": the data is on disk before the promise resolves, so that a checkpoint survives a power failure.
  const tx = db.transaction(stores, "readwrite", { durability: "strict" });
  later(tx.done);
  try {
    const result = await work(tx);
    await tx.done;
    return result;
  } catch (thrown) {
    try {
      tx.abort();
    } catch {
      // It aborted by itself.
    }
    await tx.done.catch(() => {});
    throw thrown instanceof LabError
      ? thrown
      : storageError(tx.error ?? thrown, what, needed, await freeBytes());
  }
}

/** Marks a promise as handled: its error is reported through the end of the transaction instead. */
export function later(request: Promise<unknown>): void {
  request.catch(() => {});
}

function storageError(thrown: unknown, what: string, needed: number, free: number | null = null): LabError {
  const [name, message] =
    thrown instanceof Error || thrown instanceof DOMException
      ? [thrown.name, thrown.message]
      : ["", String(thrown)];
  if (name === "QuotaExceededError") return tooLittleSpace(what, needed, free);
  return new LabError(
    "storage",
    `The browser could not ${what}: ${message || name || "no reason given"}.`,
    "Reload the page and try again.",
    {
      reason: `${name} ${message}`,
    },
  );
}

function tooLittleSpace(what: string, needed: number, free: number | null): LabError {
  // The browser's estimate is rough: the disk may be full long before the quota is reached.
  const room =
    free === null || free >= needed
      ? "its storage is full"
      : `only ${formatBytes(free)} are free in its storage`;
  return new LabError(
    "storage",
    `The browser could not ${what}: ${formatBytes(needed)} are needed, but ${room}.`,
    FREE_SPACE,
    { neededBytes: needed, ...(free === null ? {} : { freeBytes: free }) },
  );
}

/** Bytes a value takes in storage, about: typed arrays by length, texts at two bytes a character. */
export function storedBytes(value: unknown): number {
  if (typeof value === "string") return 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (value instanceof Map)
    return [...value].reduce((sum, [key, entry]) => sum + storedBytes(key) + storedBytes(entry), 16);
  if (Array.isArray(value)) return value.reduce((sum: number, entry) => sum + storedBytes(entry), 16);
  return Object.entries(value).reduce((sum, [key, entry]) => sum + storedBytes(key) + storedBytes(entry), 16);
}

/** The value, with every typed array that is a view into a larger buffer replaced by a copy of just the view. */
export function compact(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof ArrayBuffer) return value;
  if (ArrayBuffer.isView(value)) {
    const whole = value.byteLength === value.buffer.byteLength || value instanceof DataView;
    return whole ? value : (value as Uint8Array).slice();
  }
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [key, compact(entry)]));
  if (Array.isArray(value)) return value.map(compact);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, compact(entry)]));
}
