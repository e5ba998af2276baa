// A snapshot of everything this site has stored in the browser, record by record and file by file. Two equal
// snapshots prove that nothing was stored, replaced or lost between them.

/** FNV-1a: tells contents apart, nothing more. */
function fingerprint(bytes: Uint8Array): string {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** A stored value as text; two different values have different texts. */
function written(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (part instanceof Map) return { map: [...part] as unknown[] };
      if (part instanceof Set) return { set: [...part] as unknown[] };
      if (part instanceof ArrayBuffer)
        return { bytes: part.byteLength, hash: fingerprint(new Uint8Array(part)) };
      if (ArrayBuffer.isView(part)) {
        const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
        return { kind: part.constructor.name, bytes: bytes.length, hash: fingerprint(bytes) };
      }
      if (typeof part === "bigint" || (typeof part === "number" && !Number.isFinite(part)))
        return { number: String(part) };
      return part;
    }) ?? "undefined"
  );
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database refused a request"));
  });

async function databaseLines(name: string): Promise<string[]> {
  const db = await settled(indexedDB.open(name));
  try {
    const lines = [`database ${name} version ${db.version}`];
    for (const store of db.objectStoreNames) {
      const from = db.transaction(store, "readonly").objectStore(store);
      const [keys, values] = await Promise.all([settled(from.getAllKeys()), settled(from.getAll())]);
      lines.push(`database ${name} store ${store}: ${keys.length} records`);
      keys.forEach((key, i) =>
        lines.push(`database ${name} store ${store} ${JSON.stringify(key)} ${written(values[i])}`),
      );
    }
    return lines;
  } finally {
    db.close();
  }
}

async function folderLines(folder: FileSystemDirectoryHandle, path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const [name, handle] of folder.entries()) {
    const here = `${path}/${name}`;
    if (handle.kind === "directory") {
      lines.push(`folder ${here}`, ...(await folderLines(handle as FileSystemDirectoryHandle, here)));
    } else {
      const file = await (handle as FileSystemFileHandle).getFile();
      lines.push(
        `file ${here}: ${file.size} bytes, ${fingerprint(new Uint8Array(await file.arrayBuffer()))}`,
      );
    }
  }
  return lines;
}

async function cacheLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) lines.push(`cache ${name}: ${url}`);
  return lines;
}

/** One line a database, store, record, folder, file and cached address, sorted. */
export async function storageSnapshot(): Promise<string[]> {
  const lines: string[] = [];
  for (const { name } of await indexedDB.databases()) if (name) lines.push(...(await databaseLines(name)));
  // Some private windows have no file storage.
  const root = await navigator.storage.getDirectory().catch(() => null);
  if (root) lines.push(...(await folderLines(root, "")));
  lines.push(...(await cacheLines()));
  return lines.sort();
}

/** The first difference between two snapshots in words; "" = none. */
export function storageChange(before: readonly string[], after: readonly string[]): string {
  const added = after.find((line) => !before.includes(line));
  if (added !== undefined) return `stored: ${added.slice(0, 200)}`;
  const lost = before.find((line) => !after.includes(line));
  return lost === undefined ? "" : `lost: ${lost.slice(0, 200)}`;
}
