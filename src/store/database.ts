// Opens the browser's database for one piece of work and closes it afterwards, also after an error. Its code is
// loaded at the first use.
import type { LabDb } from "../data/db";

type Data = typeof import("../data/db");

/** @param work is given the open database and the functions that read and write it */
export async function withDb<T>(work: (db: LabDb, data: Data) => Promise<T>): Promise<T> {
  const data = await import("../data/db");
  const db = await data.openLabDb();
  try {
    return await work(db, data);
  } finally {
    db.close();
  }
}

/** As `withDb`, but null if nothing was ever stored, without creating a database. */
export async function withStored<T>(work: (db: LabDb, data: Data) => Promise<T>): Promise<T | null> {
  const known = (await indexedDB.databases?.()) ?? [{ name: "proximal" }];
  return known.some(({ name }) => name === "proximal") ? withDb(work) : null;
}
