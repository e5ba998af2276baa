// Hashes that identify what a run was made of: the dataset rows in their order, and the files of the model.
import { sha256 } from "@noble/hashes/sha2.js";
import type { ByteSource } from "./files";
import { sha256Of } from "./library/checksum";

/** The parts of a row that a model reads, is held to or is chosen by. */
export interface HashedRow {
  prompt: string;
  answer: string;
  /** The conversation before the answer, where it is more than the prompt. */
  messages?: readonly { role: string; content: string }[];
  difficulty?: number;
  /** Further columns: a user's own reward may read them. */
  extra?: Record<string, unknown>;
}

/** Files up to this size are held whole, and hashed by the browser itself, which is faster. Bytes. */
const WHOLE = 64 * 2 ** 20;

/**
 * SHA-256 of rows in order, 64 hexadecimal digits. Each row is one line of JSON, `["prompt","answer"]`, and a third
 * entry `{"messages":[…],"difficulty":…,"extra":{…}}` only where the row has one of them: so no two lists of
 * rows read alike.
 */
export function rowsHash(rows: readonly HashedRow[]): string {
  const hash = sha256.create();
  const text = new TextEncoder();
  for (const { prompt, answer, messages, difficulty, extra } of rows) {
    const named = extra && Object.keys(extra).length > 0 ? extra : undefined;
    const rest = { messages, difficulty, extra: named };
    const more = Object.values(rest).every((value) => value === undefined) ? [] : [rest];
    hash.update(text.encode(`${JSON.stringify([prompt, answer, ...more])}\n`));
  }
  return hex(hash.digest());
}

/**
 * SHA-256 of a model's files: of the file itself where it is one, else of the list that `sha256sum` writes of them,
 * by name in byte order. Where they lie does not count.
 * @param onBytes told how many more bytes were hashed
 */
export async function filesHash(
  files: readonly ByteSource[],
  onBytes: (bytes: number) => void = () => {},
): Promise<string> {
  const sums: { name: string; sum: string }[] = [];
  for (const file of files) {
    sums.push({ name: file.name, sum: await fileHash(file) });
    onBytes(file.size);
  }
  if (sums.length === 1) return sums[0].sum;
  const list = sums
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sum }) => `${sum}  ${name}\n`)
    .join("");
  return hex(sha256(new TextEncoder().encode(list)));
}

async function fileHash(file: ByteSource): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle || file.size > WHOLE) return (await sha256Of(file)) ?? "";
  const bytes = await file.read(0, file.size);
  return hex(new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
}

const hex = (digest: Uint8Array): string =>
  [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
