// The worker's table of commands: configs are resolved before a handler sees them, and a Stop is heard from a run's
// first moment, also while its model loads.
import { describe, expect, it, vi } from "vitest";
import type { ResolvedConfig } from "../../config/schema";
import { FakeEngine } from "../../train/testing/fakeEngine";
import { fakeTokenizer } from "../../train/testing/fakeRun";
import { memoryArchive } from "../archive";
import type { LoadedEngine } from "../engineHost";
import type { Command, WorkerEvent } from "../protocol";
import { Session, type SessionOptions } from "../session";
import { dispatch } from ".";

/** Ends loading from outside: by itself the stand-in loads for ever. */
interface Loading {
  config: ResolvedConfig;
  signal: AbortSignal | undefined;
  finish: () => void;
}

/** A session on a stand-in device whose loads end when the test says so. */
function opened({ hears = true } = {}) {
  const posted: WorkerEvent[] = [];
  const loads: Loading[] = [];
  const engine = new FakeEngine();
  const loaded = { engine, model: { name: "fake", tensors: new Map() }, tokenizer: fakeTokenizer };
  const host = {
    timer: null,
    spending: () => ({ created: {}, multiplyAdds: 0 }),
    load: (config: ResolvedConfig, _db: null, { signal }: { signal?: AbortSignal }) =>
      new Promise<LoadedEngine>((resolve, reject) => {
        loads.push({ config, signal, finish: () => resolve(loaded as unknown as LoadedEngine) });
        if (hears) signal?.addEventListener("abort", () => reject(signal.reason as Error));
      }),
  };
  const archive = memoryArchive();
  const options = { root: "", host, models: {}, archive, post: (event: WorkerEvent) => posted.push(event) };
  const session = new Session(options as unknown as SessionOptions);
  const of = <K extends WorkerEvent["type"]>(type: K) =>
    posted.filter((event): event is Extract<WorkerEvent, { type: K }> => event.type === type);
  return { session, archive, engine, loads, of, send: (command: Command) => dispatch(session, command) };
}

const start = (config: unknown = {}): Command => ({
  ...{ type: "run.start", requestId: "q", runId: "r", resume: false },
  config,
});

describe("a config", () => {
  it("has every value where a handler reads it", async () => {
    const { send, loads } = opened();
    void send({ type: "model.prepare", requestId: "p", config: { adapter: { rank: 4 } } });
    await vi.waitFor(() => expect(loads).toHaveLength(1));
    const { adapter, seed } = loads[0].config;
    expect([adapter.rank, adapter.alpha, seed]).toEqual([4, 16, 1]);
  });

  it("that cannot be is refused by name, and nothing is loaded", async () => {
    const { send, loads, of } = opened();
    await send(start({ seed: "one" }));
    expect(of("failed")).toMatchObject([{ requestId: "q", runId: "r", code: "config" }]);
    expect(of("failed")[0].message).toMatch(/^seed: expected a whole number/);
    expect(loads).toHaveLength(0);
  });
});

describe("Stop while the model loads", () => {
  it("ends the loading, and nothing is stored of the run", async () => {
    const { send, loads, of, archive } = opened();
    const started = send(start());
    await vi.waitFor(() => expect(loads).toHaveLength(1));
    await send({ type: "run.stop" });
    await started;
    expect(loads[0].signal?.aborted).toBe(true);
    expect(of("failed")).toMatchObject([{ requestId: "q", runId: "r", code: "stopped" }]);
    expect(await archive.find("r")).toBeNull();
  });

  it("is heard before anything at all was done", async () => {
    const { send, of } = opened();
    const started = send(start());
    await send({ type: "run.stop" });
    await started;
    expect(of("failed")).toMatchObject([{ code: "stopped" }]);
  });

  it("holds where a part of the loading cannot be broken off: the run does not begin", async () => {
    const { send, loads, of, archive, engine } = opened({ hears: false });
    const before = Float32Array.from(engine.weights);
    const started = send(start());
    await vi.waitFor(() => expect(loads).toHaveLength(1));
    await send({ type: "run.stop" });
    loads[0].finish();
    await started;
    expect(of("failed")).toMatchObject([{ code: "stopped" }]);
    expect(of("run.events")).toEqual([]);
    expect(await archive.find("r")).toBeNull();
    expect(Float32Array.from(engine.weights)).toEqual(before);
  });

  it("ends a scoring too, and leaves the engine free for the next work", async () => {
    const { send, loads, of, session } = opened();
    const scoring = send({ type: "pool.score", requestId: "s", runId: "pool", config: {} });
    await vi.waitFor(() => expect(loads).toHaveLength(1));
    await send({ type: "run.stop" });
    await scoring;
    expect(of("failed")).toMatchObject([{ requestId: "s", code: "stopped" }]);
    expect([session.busy, session.active]).toEqual([false, null]);
    void send(start());
    await vi.waitFor(() => expect(loads).toHaveLength(2));
    expect(loads[1].signal?.aborted).toBe(false);
  });

  it("is nothing where no run is under way", async () => {
    const { send, of } = opened();
    await send({ type: "run.stop" });
    expect(of("failed")).toEqual([]);
  });
});

describe("a run that loads", () => {
  it("keeps the engine to itself", async () => {
    const { send, loads, of, session } = opened();
    void send(start());
    await vi.waitFor(() => expect(loads).toHaveLength(1));
    const { active } = session;
    await send({ ...start(), requestId: "second" } as Command);
    expect(of("failed")).toMatchObject([{ requestId: "second", code: "config" }]);
    expect(of("failed")[0].message).toBe("The engine is busy (run r).");
    expect(session.active).toBe(active);
  });

  it("has no step to time yet", async () => {
    const { send, loads, of } = opened();
    void send(start());
    await vi.waitFor(() => expect(loads).toHaveLength(1));
    await send({ type: "run.profile", requestId: "t", runId: "r" });
    expect(of("failed")).toMatchObject([{ requestId: "t", code: "config" }]);
  });
});
