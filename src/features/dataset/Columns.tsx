// Which columns hold question, context and answer. Each may be a text of several columns, named in braces; the choice is
// remembered for the next file with the same columns.
import type { DraftView } from "../../store/dataWorker";

const TEMPLATE = "\u0000template";
const NONE = "";

/** "{context}\n\n{question}" as its two columns; null = written otherwise. */
export function contextOf(
  prompt: string,
  columns: readonly string[],
): { question: string; context: string } | null {
  if (columns.includes(prompt)) return { question: prompt, context: NONE };
  const [, context, question] = /^\{([^{}]+)\}\n\n\{([^{}]+)\}$/.exec(prompt) ?? [];
  const known = [context, question].every((name) => name !== undefined && columns.includes(name));
  return known ? { question, context } : null;
}

const promptOf = (question: string, context: string): string =>
  context === NONE ? question : `{${context}}\n\n{${question}}`;

export function Columns(props: {
  view: DraftView;
  remembered: boolean;
  busy: boolean;
  onChoose: (fields: DraftView["choices"]["fields"]) => void;
}) {
  const { view, remembered, onChoose } = props;
  const { columns, fields, layout, choices } = view;
  if (layout !== "columns")
    return (
      <p>
        Read as {layout}.{" "}
        <button type="button" className="link" onClick={() => onChoose(fields)}>
          Choose columns instead
        </button>
      </p>
    );
  const pair = contextOf(fields.prompt, columns);
  const isTemplate = !columns.includes(fields.answer) && fields.answer !== NONE;
  const put = (change: Partial<typeof fields>): void => onChoose({ ...fields, ...change });
  const options = columns.map((column) => (
    <option key={column} value={column}>
      {column}
    </option>
  ));
  return (
    <fieldset className="columns">
      <legend className="unseen">Columns</legend>
      <div className="three">
        <label className="setting">
          The question is in
          <select
            className="field"
            id="question-column"
            value={pair?.question ?? TEMPLATE}
            onChange={({ target }) =>
              put({
                prompt:
                  target.value === TEMPLATE
                    ? `{${fields.prompt}}`
                    : promptOf(target.value, pair?.context ?? NONE),
              })
            }
          >
            {options}
            <option value={TEMPLATE}>a text of several columns</option>
          </select>
        </label>
        {pair && (
          <label className="setting">
            The context is in
            <select
              className="field"
              value={pair.context}
              onChange={({ target }) => put({ prompt: promptOf(pair.question, target.value) })}
            >
              <option value={NONE}>no column</option>
              {options}
            </select>
          </label>
        )}
        <label className="setting">
          The answer is in
          <select
            className="field"
            value={isTemplate ? TEMPLATE : fields.answer}
            onChange={({ target }) =>
              put({
                answer: target.value === TEMPLATE ? `{${fields.answer || columns[0]}}` : target.value,
              })
            }
          >
            {fields.answer === NONE && <option value={NONE}>choose a column</option>}
            {options}
            <option value={TEMPLATE}>a text of several columns</option>
          </select>
        </label>
      </div>
      {!columns.includes(fields.prompt) && (
        <Template label="Question" value={fields.prompt} onApply={(prompt) => put({ prompt })} />
      )}
      {isTemplate && <Template label="Answer" value={fields.answer} onApply={(answer) => put({ answer })} />}
      {remembered && <p className="aside">As you chose them for the last file with these columns.</p>}
      {choices.fields !== null && (
        <button type="button" className="link" onClick={() => onChoose(null)}>
          Guess the columns again
        </button>
      )}
    </fieldset>
  );
}

/** Applied when it is left, so that half a name in braces is no error. */
function Template(props: { label: string; value: string; onApply: (value: string) => void }) {
  const { label, value, onApply } = props;
  return (
    <label className="setting">
      {label}: columns in braces give way to their texts
      <textarea
        key={value}
        className="field mono"
        rows={3}
        defaultValue={value}
        onBlur={({ target }) => target.value !== value && target.value.trim() !== "" && onApply(target.value)}
      />
    </label>
  );
}
