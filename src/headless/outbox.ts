// Sends lines and sets of files from the headless page to the command that opened it, strictly in order.
import type { HeadlessLine } from "./page";

/** Bytes sent at once. */
const PIECE = 16 * 2 ** 20;
const TEXT = /\.(?:jsonl?|md)$/;

export class Outbox {
  private queue: Promise<unknown> = Promise.resolve();
  private lines: string[] = [];

  /** A line goes out with the next post; lines of one task travel together. */
  line(line: HeadlessLine): void {
    this.lines.push(JSON.stringify(line));
    if (this.lines.length === 1) this.queue = this.queue.then(() => this.flush());
  }

  private async flush(): Promise<void> {
    const body = this.lines.join("\n");
    this.lines = [];
    await post("/__lines", body);
  }

  /** Files of one set: they replace the set as a whole once all have arrived. */
  files(set: string, files: readonly { name: string; blob: Blob }[]): Promise<void> {
    const sending = this.queue.then(async () => {
      for (const { name, blob } of files) {
        // In pieces, so that neither side holds a whole model. A text is put right as a whole where it arrives.
        const piece = TEXT.test(name) ? Math.max(1, blob.size) : PIECE;
        for (let at = 0; at === 0 || at < blob.size; at += piece)
          await post(
            `/__file?set=${set}&name=${encodeURIComponent(name)}&at=${at}`,
            await blob.slice(at, at + piece).arrayBuffer(),
          );
      }
      await post(`/__file?set=${set}&end=${files.length}`, "");
    });
    this.queue = sending;
    return sending;
  }

  /** Resolves when everything has arrived. */
  async sent(): Promise<void> {
    await this.queue;
    if (this.lines.length > 0) await this.flush();
  }
}

async function post(url: string, body: string | ArrayBuffer): Promise<void> {
  const response = await fetch(url, { method: "POST", body });
  if (!response.ok)
    throw new Error(`the command did not take ${url}: ${response.status} ${await response.text()}`);
}
