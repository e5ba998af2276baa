// Runs a person's reward function and nothing else. The server gives this file a policy of its own: code may be made
// from text here, and nothing may be fetched. Before that code runs, everything that reaches outside is taken away.
"use strict";
const answer = self.postMessage.bind(self);
const OUTSIDE = [
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
  "postMessage",
];
for (const name of OUTSIDE) {
  for (let at = self; at; at = Object.getPrototypeOf(at)) {
    if (!Object.hasOwn(at, name)) continue;
    try {
      Object.defineProperty(at, name, { value: undefined, writable: false, configurable: false });
    } catch {
      // What cannot be taken away is still stopped by the policy.
    }
  }
}
let reward = null;

/** First { code }: a body of (text, answer, prompt). Then { items }: answered by { rewards } or { error }. */
self.onmessage = ({ data }) => {
  try {
    if (data.code !== undefined) {
      reward = new Function("text", "answer", "prompt", `"use strict";\n${data.code}`);
      return;
    }
  } catch (thrown) {
    reward = null;
    answer({ error: `cannot be read: ${String(thrown).slice(0, 200)}` });
    return;
  }
  if (!reward) return;
  try {
    const grade = ({ text, answer: reference, prompt }) => {
      const value = reward(text, reference, prompt);
      return typeof value === "number" ? value : typeof value;
    };
    answer({ rewards: data.items.map(grade) });
  } catch (thrown) {
    answer({ error: `threw ${String(thrown).slice(0, 200)}` });
  }
};
