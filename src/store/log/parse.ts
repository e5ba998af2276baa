// Parses the text of a run log into records, in pieces small enough that the page never waits for one. Long lists
// (the samples of the pool) are split into parts. In light mode only what a comparison of runs needs is kept.
import { LabError } from "../../lib/errors";
import type { LogSample, RunEvent } from "../../lib/events";
import { rowsDigest } from "../digest";

export type LogPart =
  | { kind: "events"; events: RunEvent[] }
  /** Samples that belong to the next `pool.loaded`, in order. */
  | { kind: "samples"; samples: LogSample[] }
  | { kind: "end" }
  | { kind: "failed"; message: string; hint: string };

/** Characters of JSON in one part: a few milliseconds to take over. */
const PART_CHARACTERS = 32_000;
const PART_SAMPLES = 300;

/** One line of a log. Names the line when it is not a record. */
export function parseLine(text: string, line: number): RunEvent {
  try {
    const event = JSON.parse(text) as RunEvent;
    if (typeof event === "object" && event !== null && "type" in event && "atMs" in event) return event;
  } catch {
    // Falls through to the one sentence below.
  }
  throw new LabError("data", `Line ${line} of the run log is not a record.`, "Download the file again.", {
    line,
  });
}

/** What a race needs of a record: its costs, not its lists. */
export function lighten(event: RunEvent): RunEvent | null {
  switch (event.type) {
    case "pool.loaded":
      return { ...event, train: [], digest: rowsDigest(event.train) };
    case "pool.scored":
      return { ...event, values: [] };
    case "round.selected":
      return { ...event, picks: [], missed: [] };
    case "probed":
    case "pool.parted":
    case "batch.chosen":
      return null;
    case "group.rolled":
      return { ...event, texts: undefined, tokenEntropy: undefined, moved: undefined };
    case "step.judged":
      return { ...event, shown: undefined };
    default:
      return event;
  }
}

/** Collects lines and hands out parts. */
export class LogCutter {
  private line = 0;
  private rest = "";
  private batch: RunEvent[] = [];
  private weight = 0;

  constructor(
    private readonly light: boolean,
    private readonly emit: (part: LogPart) => void,
  ) {}

  push(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.take(line);
  }

  end(): void {
    if (this.rest !== "") this.take(this.rest);
    this.flush();
    this.emit({ kind: "end" });
  }

  private take(text: string): void {
    this.line++;
    if (text.trim() === "") return;
    let event: RunEvent | null = parseLine(text, this.line);
    if (this.light) event = lighten(event);
    if (event === null) return;
    if (event.type === "pool.loaded" && event.train.length > PART_SAMPLES) {
      this.flush();
      for (let from = 0; from < event.train.length; from += PART_SAMPLES)
        this.emit({ kind: "samples", samples: event.train.slice(from, from + PART_SAMPLES) });
      event = { ...event, train: [] };
    }
    const weight = this.light ? 300 : text.length;
    if (this.weight + weight > PART_CHARACTERS) this.flush();
    this.batch.push(event);
    this.weight += weight;
  }

  private flush(): void {
    if (this.batch.length > 0) this.emit({ kind: "events", events: this.batch });
    this.batch = [];
    this.weight = 0;
  }
}

/** Puts parts back together on the page's side. */
export class LogJoiner {
  private samples: LogSample[] = [];

  /** The records of a part, complete. */
  take(part: LogPart): RunEvent[] {
    if (part.kind === "samples") {
      for (const sample of part.samples) this.samples.push(sample);
      return [];
    }
    if (part.kind !== "events") return [];
    if (this.samples.length === 0) return part.events;
    return part.events.map((event) => {
      if (event.type !== "pool.loaded" || event.train.length > 0) return event;
      const train = this.samples;
      this.samples = [];
      return { ...event, train };
    });
  }
}
