// A dataset file while it is being read: its bytes, a limit on how much is read, and the one method that refuses
// it. Every part of a reader gets this object, so that each error names the file and the place.
import { LabError } from "../../lib/errors";
import { readWhole, type ByteSource } from "../files";

export interface DatasetLimits {
  /** Bytes of the file. */
  fileBytes: number;
  rows: number;
  /** Characters of a prompt or an answer. */
  fieldLength: number;
}

/** What a tab can hold and show without harm. */
export const DATASET_LIMITS: DatasetLimits = {
  fileBytes: 256 * 2 ** 20,
  rows: 200_000,
  fieldLength: 100_000,
};

/** Where in the file something stands, counted from 1: a line of a text file, else a row. */
export interface Place {
  line: number;
  unit: "line" | "row";
}

/** A row as the file has it, before the columns get their meaning. */
export interface RawRow extends Place {
  values: Record<string, unknown>;
  /** Why the row cannot be read, where its format can still go on with the next; `values` is empty then. */
  problem?: { what: string; hint: string };
}

export class DatasetFile {
  /** What was left out of the rows, one sentence each, for the user to know. */
  readonly notes: string[] = [];

  constructor(
    private readonly source: ByteSource,
    readonly limits: DatasetLimits = DATASET_LIMITS,
  ) {
    const { size } = source;
    const limit = limits.fileBytes;
    if (size > limit)
      this.refuseWhole(`has ${size} bytes, more than the ${limit} allowed`, "Take a part of the file.", {
        size,
        limit,
      });
  }

  get name(): string {
    return this.source.name;
  }

  /** Bytes. */
  get size(): number {
    return this.source.size;
  }

  /** Bytes `[offset, offset + length)`. @throws LabError as of ByteSource. */
  read(offset: number, length: number): Promise<Uint8Array> {
    return this.source.read(offset, length);
  }

  /** All bytes, refused above `limit`. */
  readWhole(limit: number): Promise<Uint8Array> {
    return readWhole(this.source, limit);
  }

  /** @throws LabError "data": “rows.csv, line 3: the row has 1 fields, ….” */
  refuse(
    { line, unit }: Place,
    what: string,
    hint: string,
    facts: Record<string, string | number> = {},
  ): never {
    throw new LabError("data", `${this.name}, ${unit} ${line}: ${what}.`, hint, {
      file: this.name,
      [unit]: line,
      ...facts,
    });
  }

  /** @throws LabError "data" about the file as a whole: “rows.csv has no rows.” */
  refuseWhole(what: string, hint: string, facts: Record<string, number> = {}): never {
    throw new LabError("data", `${this.name} ${what}.`, hint, { file: this.name, ...facts });
  }
}

/** A text of the file as an error quotes it. */
export const clip = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
