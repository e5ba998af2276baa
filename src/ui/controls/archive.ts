// Saves several files as one tar archive, which every system can unpack.
import { saveFile } from "./save";

export interface NamedBlob {
  name: string;
  blob: Blob;
}

/**
 * The files as one tar archive. Nobody's name and no time stand in it: the same files give the same bytes. They flow
 * through in pieces, so that a model is never in memory as a whole.
 */
export async function archive(files: readonly NamedBlob[]): Promise<Blob> {
  const { createTarPacker } = await import("modern-tar");
  const { readable, controller } = createTarPacker();
  const made = new Response(readable).blob();
  // A fault while packing errors the stream, too: it is told once, below.
  made.catch(() => undefined);
  for (const { name, blob } of files) {
    const entry = controller.add({ name, size: blob.size, mode: 0o644, mtime: new Date(0) });
    await blob.stream().pipeTo(entry);
  }
  controller.finalize();
  return made;
}

export async function saveArchive(name: string, files: readonly NamedBlob[]): Promise<void> {
  saveFile(`${name}.tar`, [await archive(files)], "application/x-tar");
}
