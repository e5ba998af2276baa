// Several files as one: the plain tar form that every system unpacks. Pure.

interface NamedFile {
  name: string;
  bytes: ArrayBuffer;
}

const BLOCK = 512;

function header(name: string, size: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => block.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  put(0, name.slice(0, 99));
  put(100, `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`);
  put(124, `${octal(size, 11)}\0${octal(0, 11)}\0`);
  put(148, "        0");
  put(257, "ustar\u000000");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return block;
}

/** The files as one tar archive. */
export function bundle(files: readonly NamedFile[]): ArrayBuffer {
  const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;
  const total = files.reduce((sum, file) => sum + BLOCK + padded(file.bytes.byteLength), 2 * BLOCK);
  const archive = new Uint8Array(total);
  let at = 0;
  for (const file of files) {
    archive.set(header(file.name, file.bytes.byteLength), at);
    archive.set(new Uint8Array(file.bytes), at + BLOCK);
    at += BLOCK + padded(file.bytes.byteLength);
  }
  return archive.buffer;
}
