// How the rows are shared out: the seed, the test sets with their shares, and the column whose values each part has alike.
import { formatEndings } from "../../data/dataset/formats";
import type { DraftView } from "../../store/dataWorker";
import { count, plural } from "../../lib/format";

type Choice = DraftView["split"];

export function Split(props: {
  view: DraftView;
  onSplit: (split: Choice) => void;
  onFile: (file: File) => void;
  onRemoveFile: (name: string) => void;
}) {
  const { view, onSplit, onFile, onRemoveFile } = props;
  const { split, parts, columns, testFiles } = view;
  const { tests } = split;
  const rowsIn = (name: string): number => parts.find((part) => part.name === name)?.rows ?? 0;
  const putTest = (at: number, change: Partial<Choice["tests"][number]>): void =>
    onSplit({ ...split, tests: tests.map((test, i) => (i === at ? { ...test, ...change } : test)) });
  const free = (): string => {
    for (let n = 2; ; n++) if (!tests.some(({ name }) => name === `test ${n}`)) return `test ${n}`;
  };
  return (
    <section className="split" aria-label="Test sets">
      <h3>Held out for testing</h3>
      {tests.map(({ name, share }, at) => (
        <div key={at} className="test-set">
          <label className="setting">
            Test set
            <Entry value={name} onApply={(text) => putTest(at, { name: text.trim() })} />
          </label>
          <label className="setting">
            Share, %
            <Entry
              value={String(Math.round(share * 1000) / 10)}
              numeric
              onApply={(text) => putTest(at, { share: Number(text.replace(",", ".")) / 100 })}
            />
          </label>
          <span className="aside">{plural(rowsIn(name), "row")}</span>
          {tests.length + testFiles.length > 1 && (
            <button
              type="button"
              className="button small"
              aria-label={`Remove the test set ${name}`}
              onClick={() => onSplit({ ...split, tests: tests.filter((_, i) => i !== at) })}
            >
              Remove
            </button>
          )}
        </div>
      ))}
      {testFiles.map(({ name, rows }) => (
        <p key={name} className="acts">
          <span>
            {name} <span className="aside">{plural(rows, "row")} of a file of their own, all to test</span>
          </span>
          <button
            type="button"
            className="button small"
            aria-label={`Remove the test file ${name}`}
            onClick={() => onRemoveFile(name)}
          >
            Remove
          </button>
        </p>
      ))}
      <label className="setting">
        Test with another file
        <input
          type="file"
          accept={formatEndings()}
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file) onFile(file);
            target.value = "";
          }}
        />
      </label>
      <div className="test-set">
        <label className="setting">
          Seed
          <Entry
            value={String(split.seed)}
            numeric
            onApply={(text) => onSplit({ ...split, seed: Math.trunc(Number(text)) || 0 })}
          />
        </label>
        <label className="setting">
          Same share of each value of
          <select
            className="field"
            value={split.by ?? ""}
            onChange={({ target }) => onSplit({ ...split, by: target.value || null })}
          >
            <option value="">no column</option>
            {columns.map((column) => (
              <option key={column}>{column}</option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="button small"
          onClick={() => onSplit({ ...split, tests: [...tests, { name: free(), share: 0.1 }] })}
        >
          Add a test set
        </button>
      </div>
      {view.leaks.map(({ test, rows }) => (
        <p key={test}>
          {plural(rows, "row")} to study {rows === 1 ? "asks" : "ask"} what {test} asks: the test is easier
          for it.
        </p>
      ))}
      <label className="check">
        <input
          type="checkbox"
          checked={split.together === true}
          onChange={({ target }) => onSplit({ ...split, together: target.checked })}
        />{" "}
        Keep rows that ask the same on one side
      </label>
      <p className="aside">
        {view.samples === 1 && testFiles.length === 0
          ? "A file of one row leaves none to hold out: the test will ask the same question that is studied."
          : tests.length === 0
            ? `${count(rowsIn("train"))} to study; none of this file is held out.`
            : `${count(rowsIn("train"))} to study; the others are held out and never studied. Which ones is drawn with the seed.`}
      </p>
    </section>
  );
}

/** A text that is applied when it is left or Enter is pressed. */
function Entry(props: { value: string; numeric?: boolean; onApply: (text: string) => void }) {
  const { value, numeric, onApply } = props;
  const apply = (text: string): void => {
    if (text !== value && text.trim() !== "") onApply(text);
  };
  return (
    <input
      key={value}
      className="field"
      inputMode={numeric ? "decimal" : "text"}
      defaultValue={value}
      onBlur={({ target }) => apply(target.value)}
      onKeyDown={(event) => event.key === "Enter" && apply(event.currentTarget.value)}
    />
  );
}
