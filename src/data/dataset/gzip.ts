// Files packed by gzip, as exports often are: unpacked in the browser, never to more bytes than a file may have.
import { memorySource } from "../files";
import { DatasetFile } from "./file";

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;
/** Bytes handed to the unpacker at once. */
const CHUNK = 1 << 20;

/** The file itself, or what is packed in it. @throws LabError "data" where it is damaged or too large */
export async function unpacked(file: DatasetFile): Promise<DatasetFile> {
  if (!isGzip(await file.read(0, Math.min(file.size, 2)))) return file;
  const { fileBytes } = file.limits;
  const parts: Uint8Array[] = [];
  let size = 0;
  let offset = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (offset >= file.size) return controller.close();
      const chunk = await file.read(offset, Math.min(CHUNK, file.size - offset));
      offset += chunk.length;
      controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
    },
  });
  const reader = source.pipeThrough(new DecompressionStream("gzip")).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((thrown: unknown) => {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      return file.refuseWhole(
        `cannot be unpacked (${reason.slice(0, 80)})`,
        "Download or pack the file again.",
      );
    });
    if (done) break;
    size += value.length;
    if (size > fileBytes) {
      await reader.cancel().catch(() => undefined);
      file.refuseWhole(`holds more than the ${fileBytes} bytes allowed`, "Take a part of the file.");
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new DatasetFile(memorySource(file.name.replace(/\.(?:gz|gzip)$/i, ""), bytes), file.limits);
}
