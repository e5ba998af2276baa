// The client: every request gets its own answer, failures included, and events go on to who listens.
import { describe, expect, it } from "vitest";
import type { LabError } from "../lib/errors";
import { WorkerClient, type Port } from "./client";
import type { Command, WorkerEvent } from "./protocol";

function setUp() {
  const sent: Command[] = [];
  const heard: WorkerEvent[] = [];
  let say: (event: WorkerEvent) => void = () => undefined;
  let crash: (message: string) => void = () => undefined;
  const port = {
    postMessage: (command: Command) => sent.push(command),
    addEventListener: (type: string, listener: (event: never) => void) => {
      if (type === "message") say = (data) => listener({ data } as never);
      else crash = (message) => listener({ message } as never);
    },
    terminate: () => undefined,
  } as unknown as Port;
  const client = new WorkerClient(port, (event) => heard.push(event));
  return {
    client,
    sent,
    heard,
    say: (event: WorkerEvent) => say(event),
    crash: (text: string) => crash(text),
  };
}

const idOf = (command: Command) => ("requestId" in command ? command.requestId : "");

describe("WorkerClient", () => {
  it("gives each request its own answer", async () => {
    const { client, sent, say } = setUp();
    const first = client.ask({ type: "run.import", runId: "a", files: [] });
    const second = client.ask({ type: "run.export", runId: "a", what: "checkpoint" });
    say({ type: "run.exported", requestId: idOf(sent[1]), files: [] });
    say({ type: "request.done", requestId: idOf(sent[0]) });
    expect((await second).files).toEqual([]);
    expect((await first).type).toBe("request.done");
  });

  it("does not take a loaded model for the end of a run", async () => {
    const { client, sent, say, heard } = setUp();
    let done = false;
    const run = client
      .ask({ type: "run.start", runId: "a", config: {}, resume: false })
      .then(() => (done = true));
    const requestId = idOf(sent[0]);
    const memory = { weights: 0, adapter: 0, moments: 0, activations: 0, scratch: 0, cache: 0 };
    say({ type: "model.ready", requestId, name: "tiny", parameters: 1, memory });
    await Promise.resolve();
    expect(done).toBe(false);
    expect(heard).toHaveLength(1);
    say({ type: "request.done", requestId });
    await run;
    expect(done).toBe(true);
  });

  it("fails a request with the worker's words", async () => {
    const { client, sent, say } = setUp();
    const asked = client.ask({ type: "memory.plan", config: {} });
    say({
      type: "failed",
      requestId: idOf(sent[0]),
      runId: null,
      code: "config",
      message: "seed: no",
      hint: "Do.",
      facts: { n: 1 },
    });
    const error = (await asked.catch((thrown: unknown) => thrown)) as LabError;
    expect(error).toMatchObject({ code: "config", message: "seed: no", hint: "Do.", facts: { n: 1 } });
  });

  it("fails everything that waits when the worker dies", async () => {
    const { client, crash } = setUp();
    const asked = client.ask({ type: "memory.plan", config: {} });
    crash("boom");
    await expect(asked).rejects.toThrow("The worker stopped: boom.");
  });
});
