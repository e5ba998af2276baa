// Rows pasted as text: lines of JSON, a JSON list, or a table with names of columns in its first line.
import { useState } from "react";

export function Paste({ busy, onPaste }: { busy: boolean; onPaste: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  if (!open)
    return (
      <button type="button" className="button small paste" onClick={() => setOpen(true)}>
        Paste rows instead
      </button>
    );
  return (
    <form
      className="edit-row"
      aria-label="Paste rows"
      onSubmit={(event) => {
        event.preventDefault();
        setOpen(false);
        onPaste(text);
      }}
    >
      <label className="setting">
        Rows as text: JSON lines, a JSON list, or a table with column names in its first line
        <textarea
          className="field mono"
          rows={5}
          value={text}
          autoFocus
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <div className="acts">
        <button type="submit" className="button small" disabled={busy || text.trim() === ""}>
          Read these rows
        </button>
        <button type="button" className="button small" onClick={() => setOpen(false)}>
          Cancel
        </button>
      </div>
    </form>
  );
}
