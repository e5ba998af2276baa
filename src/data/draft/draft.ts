// A file that is being made ready: its rows, how they are read, and what a person changed or took out by hand, each step of
// which can be undone. What it gives is what an import of the file with the same choices would give.
import { group } from "d3-array";
import { guessFields, type FieldMap } from "../dataset/columns";
import { clip, type DatasetFile, type RawRow } from "../dataset/file";
import { questionWords, type FindingKind } from "../dataset/findings";
import { columnsOf, contentOf, rawRows, readContent, type DatasetContent, type Mark } from "../dataset/read";
import type { ByteSource } from "../files";
import { LabError } from "../../lib/errors";
import type { Listed } from "./list";
import { partsOf, type SplitChoice } from "./parts";
import { textsOf, withTexts, type RowText } from "./texts";

export interface DraftChoices {
  /** null = as the rows are laid out, or by guessed columns. */
  fields: Pick<FieldMap, "prompt" | "answer"> | null;
  turns: "last" | "each";
  unusable: "refuse" | "leave out";
  duplicates: "keep" | "leave out";
}

export const FIRST_CHOICES: DraftChoices = {
  fields: null,
  turns: "last",
  unusable: "refuse",
  duplicates: "keep",
};

export interface Result {
  /** null: the columns must be chosen first. */
  content: DatasetContent | null;
  /** Why the file would be refused as it is; null where it would not. */
  refusal: LabError | null;
}

/** What was done by hand, up to one step. */
interface ByHand {
  /** For people: "Taken out: line 12". */
  what: string;
  dropped: ReadonlySet<number>;
  changed: ReadonlyMap<number, RawRow["values"]>;
}

const UNTOUCHED: ByHand = { what: "", dropped: new Set(), changed: new Map() };
/** Steps that can be undone. */
const STEPS = 100;

export class Draft {
  #history: ByHand[] = [UNTOUCHED];
  #choices = FIRST_CHOICES;
  #result: Result | null = null;
  readonly columns: readonly string[];

  constructor(
    private readonly file: DatasetFile,
    private readonly raw: readonly RawRow[],
  ) {
    this.columns = columnsOf(raw);
  }

  /**
   * @param most rows that are read; the others are left out
   * @throws LabError "data" where no row can be read at all, or there are more than a tab can hold
   */
  static async open(source: ByteSource, most = Infinity): Promise<Draft> {
    const { file, rows } = await rawRows(source, undefined, most);
    if (rows.length === most) file.notes.push(`Only the first ${most} rows of the file are read.`);
    // The sentence of an import without choices.
    if (rows.length === 0 || rows.every(({ problem }) => problem)) await readContent(source);
    return new Draft(file, rows);
  }

  get name(): string {
    return this.file.name;
  }

  /** Of the file, bytes. */
  get size(): number {
    return this.file.size;
  }

  /** Rows of the file. */
  get rows(): number {
    return this.raw.length;
  }

  get choices(): DraftChoices {
    return this.#choices;
  }

  choose(choices: Partial<DraftChoices>): void {
    this.#choices = { ...this.#choices, ...choices };
    this.#result = null;
  }

  /** The columns that are guessed, or null where none looks like a prompt. */
  get guess(): Pick<FieldMap, "prompt" | "answer"> | null {
    const guess = guessFields(this.columns);
    return guess && { prompt: guess.prompt, answer: guess.answerFound ? guess.answer : "" };
  }

  get result(): Result {
    return (this.#result ??= this.#read());
  }

  #read(): Result {
    const { changed, dropped } = this.#now;
    const rows = this.raw.map((row, index) => {
      const values = changed.get(index);
      return values ? { ...row, values } : row;
    });
    const { fields, ...choices } = this.#choices;
    const byHand = { dropped, changed: new Set(changed.keys()) };
    const read = (unusable: DraftChoices["unusable"]): DatasetContent | LabError => {
      try {
        return contentOf(this.file, rows, { ...choices, unusable, byHand, ...(fields ? { fields } : {}) });
      } catch (thrown) {
        if (thrown instanceof LabError) return thrown;
        throw thrown;
      }
    };
    const wanted = read(choices.unusable);
    if (!(wanted instanceof LabError)) return { content: wanted, refusal: null };
    const some = choices.unusable === "refuse" ? read("leave out") : wanted;
    return { content: some instanceof LabError ? null : some, refusal: wanted };
  }

  get #now(): ByHand {
    return this.#history[this.#history.length - 1];
  }

  /** Rows taken out and rows changed. */
  get touched(): { dropped: number; changed: number } {
    return { dropped: this.#now.dropped.size, changed: this.#now.changed.size };
  }

  /** What undoing would take back; "" = nothing. */
  get undoable(): string {
    return this.#now.what;
  }

  undo(): void {
    if (this.#history.length > 1) this.#history.pop();
    this.#result = null;
  }

  /** Takes rows out, by their index in the file. */
  drop(indexes: readonly number[]): void {
    const where = indexes.length === 1 ? this.#placeOf(indexes[0]) : `${indexes.length} rows`;
    this.#step({
      ...this.#now,
      dropped: new Set([...this.#now.dropped, ...indexes]),
      what: `Taken out: ${where}`,
    });
  }

  /** The texts of a row that can be changed: of the columns that are read, else of all. */
  texts(index: number): RowText[] {
    const used = this.result.content?.report.used ?? [];
    return textsOf(this.#valuesOf(index), used.length > 0 ? used : this.columns);
  }

  change(index: number, texts: readonly Pick<RowText, "path" | "text">[]): void {
    const values = withTexts(this.#valuesOf(index), texts);
    const changed = new Map(this.#now.changed).set(index, values);
    this.#step({ ...this.#now, changed, what: `Changed: ${this.#placeOf(index)}` });
  }

  #valuesOf(index: number): RawRow["values"] {
    return this.#now.changed.get(index) ?? this.raw[index].values;
  }

  #step(step: ByHand): void {
    this.#history.push(step);
    // The first stays: it is the file as it came.
    if (this.#history.length > STEPS) this.#history.splice(1, 1);
    this.#result = null;
  }

  #placeOf(index: number): string {
    const { unit, line } = this.raw[index];
    return `${unit} ${line}`;
  }

  /** Indexes in the file of the rows in which this was found. */
  indexesOf(kind: FindingKind): number[] {
    const marks = this.result.content?.marks ?? [];
    return [...new Set(marks.flatMap((mark) => (mark.kind === kind ? [mark.index] : [])))];
  }

  /** The part of each sample, in their order. */
  parts(split: SplitChoice): string[] {
    const content = this.result.content;
    if (!content) return [];
    const { by, together } = split;
    const asking = new Map<string, number>();
    // The first row of the file that asks the same, in whatever words its answer is.
    const groupOf = (at: number): number => {
      const from = content.from[at];
      if (!together) return from;
      const question = questionWords(content.rows[at]);
      const first = asking.get(question) ?? from;
      asking.set(question, first);
      return first;
    };
    const placed = content.rows.map(({ sampleId }, at) => {
      const value = by === null ? "" : this.#valuesOf(content.from[at])[by];
      const stratum = typeof value === "string" ? value : JSON.stringify(value ?? "");
      return { sampleId, group: groupOf(at), stratum };
    });
    return partsOf(placed, split);
  }

  /** Every row of the file in its order: its samples, or why it has none. */
  list(split: SplitChoice): Listed[] {
    const { content } = this.result;
    if (!content) return this.raw.map((_, index) => this.#rawListed(index, []));
    const marks = group(content.marks, ({ index }) => index);
    const samples = group(content.rows.keys(), (at) => content.from[at]);
    const parts = this.parts(split);
    return this.raw.flatMap((_, index): Listed[] => {
      const own = marks.get(index) ?? [];
      const kinds = own.map(({ kind }) => kind);
      const of = samples.get(index) ?? [];
      if (of.length === 0) return [this.#rawListed(index, own)];
      const place = this.#placeOf(index);
      return of.map((at) => ({
        ...{ index, place, kinds, sample: content.rows[at] },
        ...{ part: parts[at], problem: "", hint: "" },
      }));
    });
  }

  #rawListed(index: number, marks: readonly Mark[]): Listed {
    const unusable = marks.find(({ kind }) => kind === "unusable");
    const values = this.#valuesOf(index);
    const raw = Object.keys(values).length === 0 ? "" : clip(JSON.stringify(values));
    return {
      ...{ index, place: this.#placeOf(index), sample: null, raw, kinds: marks.map(({ kind }) => kind) },
      ...{ problem: unusable?.what ?? "", hint: unusable?.hint ?? "", part: "" },
    };
  }
}
