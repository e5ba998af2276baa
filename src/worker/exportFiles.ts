// Files on their way out of the worker. Their content is in Blobs: the browser keeps it outside the page's memory, on
// disk where it is much.
export interface ExportedFile {
  name: string;
  blob: Blob;
}

export const exportedFile = (name: string, bytes: Uint8Array): ExportedFile => ({
  name,
  // A copy: the Blob of a view would keep the whole buffer behind it.
  blob: new Blob([bytes.slice()]),
});

export const exportedText = (name: string, value: string): ExportedFile => ({
  name,
  blob: new Blob([value]),
});

/** Bytes gathered before they are handed to the browser. */
const PIECE = 4 * 2 ** 20;

/** A file that is made piece by piece; no more than one piece is in memory here. */
export async function streamedFile(name: string, pieces: AsyncIterable<Uint8Array>): Promise<ExportedFile> {
  const done: Blob[] = [];
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const hand = (): void => {
    done.push(new Blob(waiting));
    [waiting, bytes] = [[], 0];
  };
  for await (const piece of pieces) {
    waiting.push(piece as Uint8Array<ArrayBuffer>);
    if ((bytes += piece.length) >= PIECE) hand();
  }
  hand();
  return { name, blob: new Blob(done) };
}
