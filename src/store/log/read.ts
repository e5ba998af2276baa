// The page's side of the log reader: takes a URL and hands out records in order, each batch in a browser task of
// its own.
import { LabError } from "../../lib/errors";
import type { RunEvent } from "../../lib/events";
import { LogJoiner, type LogPart } from "./parse";

/**
 * Reads a recorded run. `take` is called with batches of a few milliseconds each; the promise ends with the file.
 * `light` leaves out samples, scores and picks: enough for a race, a tenth of the bytes.
 * @throws LabError when the file is missing or a line is not a record
 */
export function readLog(url: string, take: (events: RunEvent[]) => void, light = false): Promise<void> {
  const worker = new Worker(new URL("./parse.worker.ts", import.meta.url), { type: "module" });
  const joiner = new LogJoiner();
  return new Promise<void>((resolve, reject) => {
    worker.onmessage = (message: MessageEvent<LogPart>): void => {
      const part = message.data;
      if (part.kind === "end") resolve();
      else if (part.kind === "failed") reject(new LabError("network", part.message, part.hint));
      else {
        const events = joiner.take(part);
        if (events.length > 0) take(events);
      }
    };
    worker.onerror = (event): void =>
      reject(
        new LabError("internal", event.message || "The log reader could not start.", "Reload the page."),
      );
    worker.postMessage({ url: new URL(url, document.baseURI).href, light });
  }).finally(() => worker.terminate());
}
