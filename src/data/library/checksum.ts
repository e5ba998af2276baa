// SHA-256 of a stored file, computed piece by piece. The browser's own crypto.subtle.digest needs the whole file in memory
// (https://github.com/w3c/webcrypto/issues/73), and weights are too large for that.
import { sha256 } from "@noble/hashes/sha2.js";
import type { ByteSource } from "../files";

/** Bytes read at once. */
const PIECE = 4 * 2 ** 20;

/** @returns 64 hexadecimal digits; null when `signal` ended it */
export async function sha256Of(source: ByteSource, signal?: AbortSignal): Promise<string | null> {
  const hash = sha256.create();
  for (let at = 0; at < source.size; at += PIECE) {
    if (signal?.aborted) return null;
    hash.update(await source.read(at, Math.min(PIECE, source.size - at)));
  }
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
