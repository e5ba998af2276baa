// Tables for imported and trained adapters, for measured kernel choices and for settings of the page.
import type { AdapterState } from "../../families/config";
import { compact, inTransaction, storedBytes } from "./open";
import type { AdapterRecord, LabDb, TuningRecord } from "./schema";

/** Stores an adapter; one of the same id is replaced. @throws LabError "storage" */
export async function saveAdapter(
  db: LabDb,
  about: Omit<AdapterRecord, "bytes" | "createdAt"> & { createdAt?: number },
  state: AdapterState,
): Promise<AdapterRecord> {
  const bytes = storedBytes(state);
  const record = { createdAt: Date.now(), ...about, bytes };
  await inTransaction(db, ["adapters", "adapterStates"], "store the adapter", bytes, async (tx) => {
    await tx.objectStore("adapterStates").put(compact(state) as AdapterState, about.adapterId);
    await tx.objectStore("adapters").put(record);
  });
  return record;
}

/** Newest first, without their weights. */
export async function listAdapters(db: LabDb): Promise<AdapterRecord[]> {
  return (await db.getAll("adapters")).sort((a, b) => b.createdAt - a.createdAt);
}

export async function loadAdapter(
  db: LabDb,
  adapterId: string,
): Promise<{ record: AdapterRecord; state: AdapterState } | null> {
  const tx = db.transaction(["adapters", "adapterStates"], "readonly");
  const record = await tx.objectStore("adapters").get(adapterId);
  const state = await tx.objectStore("adapterStates").get(adapterId);
  return record && state ? { record, state } : null;
}

export async function deleteAdapter(db: LabDb, adapterId: string): Promise<void> {
  await inTransaction(db, ["adapters", "adapterStates"], "delete the adapter", 0, async (tx) => {
    await tx.objectStore("adapterStates").delete(adapterId);
    await tx.objectStore("adapters").delete(adapterId);
  });
}

/** @param key adapter, browser version and shape. */
export async function readTuning(db: LabDb, key: string): Promise<TuningRecord | null> {
  return (await db.get("tuning", key)) ?? null;
}

export async function saveTuning(db: LabDb, key: string, choices: Record<string, string>): Promise<void> {
  const record = { key, choices, createdAt: Date.now() };
  await inTransaction(db, ["tuning"], "store the kernel choices", storedBytes(record), (tx) =>
    tx.objectStore("tuning").put(record),
  );
}

export async function clearTuning(db: LabDb): Promise<void> {
  await inTransaction(db, ["tuning"], "clear the kernel choices", 0, (tx) =>
    tx.objectStore("tuning").clear(),
  );
}

export async function readSetting(db: LabDb, key: string): Promise<unknown> {
  return db.get("settings", key);
}

export async function saveSetting(db: LabDb, key: string, value: unknown): Promise<void> {
  await inTransaction(db, ["settings"], "store the setting", storedBytes(value), (tx) =>
    tx.objectStore("settings").put(value, key),
  );
}
