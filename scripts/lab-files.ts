// The files that a run writes while it goes on: its log, line by line, and sets of files that are replaced all at
// once.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { RunEvent } from "../src/lib/events";
import { body, fileUnder, type Route } from "./serve";

/** Address of this session, and what the user wrote instead. */
type Name = [address: string, path: string];

/** Paths of all files under a folder, relative to it. */
export function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Replaces addresses of this session inside JSON text by the paths that the user wrote. */
function withNames(text: string, names: readonly Name[]): string {
  const inner = (value: string) => JSON.stringify(value).slice(1, -1);
  return names.reduce((all, [address, path]) => all.replaceAll(inner(address), () => inner(path)), text);
}

/** `events.jsonl`, written as events come. A resumed run cuts it back to its checkpoint first. */
export class RunLog {
  readonly #file: string;
  readonly #names: Name[] = [];
  readonly events: RunEvent[] = [];
  /** Whether anything came from this session. */
  grew = false;

  constructor(out: string, resume: boolean) {
    this.#file = join(out, "events.jsonl");
    if (resume && existsSync(this.#file)) {
      // A line cut off by a crash lies behind the last checkpoint: it is left out.
      for (const line of readFileSync(this.#file, "utf8").split("\n")) {
        if (!line) continue;
        try {
          this.events.push(JSON.parse(line) as RunEvent);
        } catch {
          break;
        }
      }
    } else writeFileSync(this.#file, "");
  }

  /** From now on `address` is written as `path`: ports and secrets of this session do not belong in a log. */
  rename(address: string, path: string): void {
    this.#names.push([address, path]);
  }

  /** `first` is the number of the first event in the whole log. */
  add(first: number, events: readonly object[]): void {
    this.grew = true;
    if (first > this.events.length)
      throw new Error(`events ${this.events.length} to ${first - 1} are missing`);
    if (first < this.events.length) {
      this.events.length = first;
      writeFileSync(this.#file, this.events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    }
    const lines = events.map((event) => withNames(JSON.stringify(event), this.#names));
    for (const line of lines) this.events.push(JSON.parse(line) as RunEvent);
    appendFileSync(this.#file, lines.map((line) => `${line}\n`).join(""));
  }
}

/** Sets of files posted by the page: a set replaces the one before only when it is whole. */
export class FileSets {
  readonly #out: string | null;
  readonly #names: Name[] = [];
  /** For exports, which other programs load from other folders. */
  readonly #absolute: Name[] = [];

  /** `out`: where the sets go; null = nothing is taken. */
  constructor(out: string | null) {
    this.#out = out;
  }

  /** As of RunLog, for the JSON and text files of a checkpoint; those of exports get the path from the root. */
  rename(address: string, path: string, absolute: string): void {
    this.#names.push([address, path]);
    this.#absolute.push([address, absolute]);
  }

  route(prefix: string): Route {
    return {
      prefix,
      handle: async (request, response) => {
        const out = this.#out;
        if (request.method !== "POST" || !out) return false;
        const query = new URL(request.url ?? "/", "http://localhost").searchParams;
        const set = query.get("set") ?? "";
        if (!/^[a-z]+$/.test(set)) throw new Error("a set has a plain name");
        const fresh = join(out, `${set}.new`);
        const bytes = await body(request);
        if (query.has("end")) replaceSet(join(out, set), fresh, Number(query.get("end")));
        else {
          const file = fileUnder(fresh, `/${query.get("name")}`);
          if (!file) throw new Error("a file must lie inside its set");
          mkdirSync(dirname(file), { recursive: true });
          const isText = /\.(?:jsonl?|md)$/.test(file);
          const names = set === "checkpoint" ? this.#names : this.#absolute;
          const content = isText ? withNames(bytes.toString("utf8"), names) : bytes;
          if (Number(query.get("at") ?? 0) > 0) appendFileSync(file, content);
          else writeFileSync(file, content);
        }
        response.end("ok");
        return true;
      },
    };
  }
}

function replaceSet(target: string, fresh: string, count: number): void {
  const found = listFiles(fresh).length;
  if (found !== count) throw new Error(`${count} files were announced, ${found} arrived`);
  const old = `${target}.old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}
