// A worker that fetches a recorded run and parses it off the main thread. It receives { url, light } and sends
// LogParts.
import { asLabError } from "../../lib/errors";
import { LogCutter, type LogPart } from "./parse";

const post = (part: LogPart): void => self.postMessage(part);

self.onmessage = (message: MessageEvent<{ url: string; light: boolean }>): void => {
  void read(message.data.url, message.data.light);
};

async function read(url: string, light: boolean): Promise<void> {
  try {
    const response = await fetch(url);
    if (!response.ok || response.body === null)
      return post({
        kind: "failed",
        message: `The recorded run at ${url} cannot be read: the server answered ${response.status}.`,
        hint: "Check the connection, then choose the story again.",
      });
    const cutter = new LogCutter(light, post);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) cutter.push(chunk.value);
    cutter.end();
  } catch (thrown) {
    const error = asLabError(thrown);
    post({ kind: "failed", message: error.message, hint: error.hint });
  }
}
