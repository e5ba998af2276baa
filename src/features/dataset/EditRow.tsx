// The texts of one row, to be changed by hand.
import { useEffect, useState } from "react";
import type { RowText } from "../../data/draft/texts";
import { askData } from "../../store/dataWorker";

export function EditRow(props: {
  index: number;
  place: string;
  busy: boolean;
  onChange: (texts: readonly RowText[]) => void;
  onCancel: () => void;
}) {
  const { index, place, busy, onChange, onCancel } = props;
  const [texts, setTexts] = useState<readonly RowText[] | null>(null);
  useEffect(() => {
    let here = true;
    askData("draft.texts", { index }).then(
      (found) => here && setTexts(found),
      () => here && setTexts([]),
    );
    return () => {
      here = false;
    };
  }, [index]);
  if (!texts) return null;
  return (
    <form
      className="edit-row"
      aria-label={`Change ${place}`}
      onSubmit={(event) => {
        event.preventDefault();
        onChange(texts);
      }}
    >
      {texts.length === 0 && <p className="aside">It holds no text that could be changed here.</p>}
      {texts.map(({ path, label, text }, at) => (
        <label key={JSON.stringify(path)} className="setting">
          {label}
          <textarea
            className="field"
            rows={Math.min(6, Math.max(1, Math.ceil(text.length / 60)))}
            value={text}
            autoFocus={at === 0}
            onChange={(event) =>
              setTexts(texts.map((one, i) => (i === at ? { ...one, text: event.target.value } : one)))
            }
          />
        </label>
      ))}
      <div className="acts">
        <button type="submit" className="button small" disabled={busy || texts.length === 0}>
          Apply
        </button>
        <button type="button" className="button small" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
