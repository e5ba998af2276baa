// Saves several files as one tar archive, which every system can unpack.
import { saveFile } from "./save";

interface NamedFile {
  name: string;
  bytes: ArrayBuffer;
}

/** The files as one tar archive. Nobody's name and no time stand in it: the same files give the same bytes. */
export async function archive(files: readonly NamedFile[]): Promise<Uint8Array<ArrayBuffer>> {
  const { packTar } = await import("modern-tar");
  return packTar(
    files.map(({ name, bytes }) => ({
      header: { name, size: bytes.byteLength, mode: 0o644, mtime: new Date(0) },
      body: new Uint8Array(bytes),
    })),
  );
}

export async function saveArchive(name: string, files: readonly NamedFile[]): Promise<void> {
  saveFile(`${name}.tar`, [await archive(files)], "application/x-tar");
}
