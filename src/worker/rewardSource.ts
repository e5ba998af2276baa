// The program of the reward worker, as text: it is started from a blob, has no address of its own, and takes away
// from itself everything that reaches outside before a person's function runs.

const FORBIDDEN = [
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "WebTransport",
  "EventSource",
  "BroadcastChannel",
  "importScripts",
  "indexedDB",
  "caches",
  "Worker",
  "SharedWorker",
  "navigator",
  "WebAssembly",
  "RTCPeerConnection",
];

/**
 * @param body of a function (text, answer, prompt) that returns a number
 * @returns a classic worker's script; it answers each message {items} with {rewards} or {error}
 */
export function rewardSource(body: string): string {
  return `"use strict";
const answer = self.postMessage.bind(self);
for (const name of ${JSON.stringify(FORBIDDEN)}) {
  for (let at = self; at; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, name)) try { Object.defineProperty(at, name, { value: undefined, configurable: false }); } catch {}
  }
}
let reward;
try {
  reward = new Function("text", "answer", "prompt", ${JSON.stringify(`"use strict";\n${body}`)});
} catch (thrown) {
  answer({ error: "cannot be read: " + String(thrown) });
}
self.onmessage = ({ data }) => {
  if (!reward) return;
  try {
    answer({ rewards: data.items.map(({ text, answer, prompt }) => {
      const value = reward(text, answer, prompt);
      return typeof value === "number" ? value : typeof value;
    }) });
  } catch (thrown) {
    answer({ error: "threw " + String(thrown).slice(0, 200) });
  }
};`;
}
