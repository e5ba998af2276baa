// What is open in the data page: a file that is being made ready, or a stored dataset that is looked at. Both are a list that
// can be filtered; only what is asked for is given to the page.
import { readSamples, type DatasetRecord, type LabDb, type Split } from "../../data/db";
import { readContent, reportTexts, type SampleRow } from "../../data/dataset";
import type { ByteSource } from "../../data/files";
import { findingText, leaks } from "../../data/dataset/findings";
import type { FindingKind } from "../../data/dataset/findings";
import type { Draft } from "../../data/draft/draft";
import { counted, found, NO_FILTER, type Counted, type Filter, type Listed } from "../../data/draft/list";
import { TRAIN, type SplitChoice } from "../../data/draft/parts";
import { leakNote } from "../../data/importDataset";
import { LabError } from "../../lib/errors";
import type { Reader } from "./reader";
import { failureOf } from "./failure";
import { measure, SLICE, type Measured } from "./measure";
import { PAGE_ROWS, type DraftView, type ListView, type ShownRow } from "./protocol";

/** One row in ten is held out, drawn with seed 1. */
export const FIRST_SPLIT: SplitChoice = { seed: 1, by: null, tests: [{ name: "test", share: 0.1 }] };
/** Characters of a text in the list. */
const SHOWN = 280;

const cut = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

/** Rows under a filter. */
export class RowList {
  #filter = NO_FILTER;
  #found: number[] | null = null;
  #counted: Counted | null = null;

  constructor(
    readonly name: string,
    protected rows: readonly Listed[] = [],
    protected version = 1,
  ) {}

  /** Other rows under the same filter. */
  protected put(rows: readonly Listed[]): void {
    this.rows = rows;
    this.version++;
    this.#found = null;
    this.#counted = null;
  }

  filter(filter: Filter): { matched: number; filter: Filter } {
    this.#filter = filter;
    this.#found = null;
    return { matched: this.found.length, filter };
  }

  /** Places in the list of the rows that pass. */
  get found(): readonly number[] {
    return (this.#found ??= found(this.rows, this.#filter));
  }

  at(place: number): Listed | undefined {
    return this.rows[this.found[place]];
  }

  page(from: number, count: number): ShownRow[] {
    const places = this.found.slice(from, from + Math.min(count, PAGE_ROWS));
    return places.map((place) => {
      const { index, place: where, sample, raw = "", kinds, problem, hint, part } = this.rows[place];
      return {
        ...{ index, place: where, kinds, problem, hint, part, isSample: sample !== null },
        sampleId: sample?.sampleId ?? "",
        prompt: cut(sample?.prompt ?? raw),
        answer: cut(sample?.answer ?? ""),
      };
    });
  }

  get list(): ListView {
    const tally = <K>(keys: Iterable<K>) => {
      const rows = new Map<K, number>();
      for (const key of keys) rows.set(key, (rows.get(key) ?? 0) + 1);
      return [...rows];
    };
    return {
      name: this.name,
      version: this.version,
      rows: this.rows.length,
      counted: (this.#counted ??= counted(this.rows)),
      kinds: tally(this.rows.flatMap(({ kinds }) => [...new Set(kinds)])).map(([kind, rows]) => ({
        kind,
        rows,
      })),
      parts: tally(this.rows.flatMap(({ part }) => (part === "" ? [] : [part]))).map(([name, rows]) => ({
        name,
        rows,
      })),
      filter: this.#filter,
      matched: this.found.length,
    };
  }
}

/** A test set from a file of its own. */
interface TestFile {
  name: string;
  rows: SampleRow[];
  /** What was found in it, a sentence each. */
  notes: string[];
}

export class OpenDraft extends RowList {
  #split = FIRST_SPLIT;
  #files: TestFile[] = [];
  /** By what the samples hold: one whose texts stay need not be measured again. */
  #measured = new Map<string, Measured>();
  /** The model that measured; null = none has. */
  #model: string | null = null;

  constructor(readonly draft: Draft) {
    super(draft.name);
    this.changed();
  }

  /** To be called after each change of the draft. */
  changed(split = this.#split): void {
    checkSplit(
      split,
      this.#files.map(({ name }) => name),
    );
    this.#split = split;
    this.put(this.draft.list(split).map((row) => this.#withTokens(row)));
  }

  /**
   * Tests with all rows of another file, read with the choices made so far. Where nobody has chosen test sets yet, no row of
   * the first file is held out any more.
   * @throws LabError "data" where the file cannot be read so
   */
  async addTestFile(source: ByteSource): Promise<void> {
    const { fields, ...choices } = this.draft.choices;
    const { rows, report } = await readContent(source, { ...choices, ...(fields ? { fields } : {}) });
    const base =
      source.name
        .replace(/\.\w+$/, "")
        .replaceAll("#", " ")
        .trim() || "file";
    const split = this.#split === FIRST_SPLIT ? { ...FIRST_SPLIT, tests: [] } : this.#split;
    const taken = [TRAIN, ...split.tests.map(({ name }) => name), ...this.#files.map(({ name }) => name)];
    let name = base;
    for (let n = 2; taken.includes(name); n++) name = `${base} ${n}`;
    this.#files.push({ name, rows, notes: reportTexts(report) });
    this.changed(split);
  }

  /** Without the last test set, a share is held out as at first. */
  removeTestFile(name: string): void {
    this.#files = this.#files.filter((file) => file.name !== name);
    this.changed(this.#files.length + this.#split.tests.length === 0 ? FIRST_SPLIT : this.#split);
  }

  /** Measures the next samples that are not measured yet. */
  measure(reader: Reader): void {
    if (this.#model !== reader.model) this.#measured.clear();
    this.#model = reader.model;
    const waiting = this.rows.flatMap(({ sample }) => (sample && !this.#of(sample) ? [sample] : []));
    for (const sample of waiting.slice(0, SLICE)) this.#measured.set(keyOf(sample), measure(sample, reader));
    // List and pictures are made anew once, at the end.
    if (waiting.length <= SLICE) this.changed();
  }

  #of(sample: SampleRow): Measured | undefined {
    return this.#measured.get(keyOf(sample));
  }

  #withTokens(row: Listed): Listed {
    const found = this.#model !== null && row.sample ? this.#of(row.sample) : undefined;
    if (!found) return row;
    const { tokens, kind, problem, hint } = found;
    return { ...row, tokens, problem, hint, kinds: kind === null ? row.kinds : [...row.kinds, kind] };
  }

  /** Indexes in the file of the rows in which this was found. */
  indexesOf(kind: FindingKind): number[] {
    return this.rows.flatMap(({ index, kinds }) => (kinds.includes(kind) ? [index] : []));
  }

  get view(): DraftView {
    const { draft } = this;
    const { content, refusal } = draft.result;
    const report = content?.report;
    const fields = draft.choices.fields ??
      draft.guess ?? { prompt: draft.columns[0] ?? "", answer: draft.columns[1] ?? "" };
    return {
      ...this.list,
      bytes: draft.size,
      columns: draft.columns,
      layout: report?.layout ?? "columns",
      fields,
      hasTurns: this.rows.some(
        ({ sample }) => sample?.messages?.some(({ role }) => role === "assistant") === true,
      ),
      choices: draft.choices,
      split: this.#split,
      testFiles: this.#files.map(({ name, rows }) => ({ name, rows: rows.length })),
      measured:
        this.#model === null
          ? null
          : {
              samples: this.rows.filter(({ sample }) => sample && this.#of(sample)).length,
              model: this.#model,
            },
      samples: content?.rows.length ?? 0,
      leaks: this.#leaks,
      notes: report ? reportTexts({ ...report, findings: [] }) : [],
      findings: (report?.findings ?? []).map((one) => ({
        kind: one.kind,
        rows: one.count,
        // Nothing is left out yet where the file is refused for them.
        text:
          refusal && one.kind === "unusable"
            ? findingText(one).replace(/; (it is|they are) left out\.$/, ".")
            : findingText(one),
      })),
      refusal: refusal && failureOf(refusal),
      undoable: draft.undoable,
    };
  }

  get #leaks(): DraftView["leaks"] {
    const of = (part: string) =>
      this.rows.flatMap((row) => (row.part === part && row.sample ? row.sample : []));
    const train = of(TRAIN);
    const tests = [...this.#split.tests.map(({ name }) => ({ name, rows: of(name) })), ...this.#files];
    return tests
      .map(({ name, rows }) => ({ test: name, rows: leaks(train, rows).length }))
      .filter(({ rows }) => rows > 0);
  }

  /** What an import stores. @throws LabError "data" where it is refused as it is */
  dataset(): {
    parts: { train: SampleRow[]; test: SampleRow[]; more: { name: string; rows: SampleRow[] }[] };
    about: Pick<DatasetRecord, "bytes" | "notes" | "tests">;
  } {
    const { content, refusal } = this.draft.result;
    if (!content || refusal) throw refusal;
    const place = this.draft.parts(this.#split);
    const of = (part: string) => content.rows.filter((_, at) => place[at] === part);
    const train = of(TRAIN);
    const drawn = this.#split.tests.map(({ name }) => ({ name, rows: of(name) }));
    const tests = [...drawn, ...this.#files];
    const notes = [
      ...reportTexts(content.report),
      ...this.#files.flatMap((file) => file.notes.map((note) => `${file.name}: ${note}`)),
      ...tests.flatMap(({ name, rows }) =>
        leakNote(train, rows).map((note) => (tests.length > 1 ? `${name}: ${note}` : note)),
      ),
    ];
    const named = tests.length > 1 || (tests[0] && tests[0].name !== FIRST_SPLIT.tests[0].name);
    return {
      parts: {
        train,
        test: tests[0]?.rows ?? [],
        more: tests.slice(1).map(({ name, rows }) => ({ name, rows })),
      },
      about: {
        bytes: this.draft.size,
        ...(notes.length > 0 ? { notes } : {}),
        ...(named ? { tests: tests.map(({ name, rows }) => ({ name, rows: rows.length })) } : {}),
      },
    };
  }
}

const keyOf = ({ prompt, messages, answer }: SampleRow): string =>
  JSON.stringify([messages ?? prompt, answer]);

function checkSplit({ tests }: SplitChoice, files: readonly string[]): void {
  const names = [...tests.map(({ name }) => name), ...files];
  const wrong = names.find(
    (name, at) => name.trim() === "" || name === TRAIN || name.includes("#") || names.indexOf(name) !== at,
  );
  if (wrong !== undefined)
    throw new LabError(
      "data",
      `A test set cannot be called “${wrong}”.`,
      "Give each test set a name of its own, without #, other than train.",
    );
  const sum = tests.reduce((total, { share }) => total + share, 0);
  if (!tests.every(({ share }) => share > 0) || !(sum < 1))
    throw new LabError(
      "data",
      `The test sets take ${Math.round(sum * 100)} % of the rows, which leaves none to study.`,
      "Lower their shares.",
    );
}

/** A stored dataset, to be looked at: the rows to study, then each test set. */
export async function openStoredRows(db: LabDb, record: DatasetRecord): Promise<RowList> {
  const rows: Listed[] = [];
  const tests = record.tests ?? [{ name: "test", rows: record.test }];
  const splits: [Split, string][] = [
    ["train", TRAIN],
    ...tests.map(({ name }, at): [Split, string] => [at === 0 ? "test" : `test:${name}`, name]),
  ];
  for (const [split, part] of splits)
    for (const sample of await readSamples(db, record.datasetId, split)) {
      const index = rows.length;
      rows.push({ index, place: `row ${index + 1}`, sample, kinds: [], problem: "", hint: "", part });
    }
  return new RowList(record.name, rows);
}
