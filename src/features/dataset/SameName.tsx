// The question when a dataset of the same name is already stored: keep both, replace the stored one, or cancel.
import { plural } from "../../lib/format";
import type { NameTaken } from "../../store/storedData";
import { Sheet } from "../../ui/controls/Sheet";

export function SameName(props: {
  taken: NameTaken;
  onReplace: () => void;
  onBoth: () => void;
  onCancel: () => void;
}) {
  const { record, free, runs } = props.taken;
  const footer = (
    <div className="acts">
      <button type="button" className="button main" data-first onClick={props.onBoth}>
        Keep both
      </button>
      <button type="button" className="button" onClick={props.onReplace}>
        Replace
      </button>
      <button type="button" className="button" onClick={props.onCancel}>
        Cancel
      </button>
    </div>
  );
  return (
    <Sheet title={`${record.name} is already stored`} place="centre" onClose={props.onCancel} footer={footer}>
      <p>
        The stored one has {plural(record.train, "question")} to study and {record.test} to test.{" "}
        {runs > 0 && (
          <b>
            {plural(runs, "unfinished run")} began with it, and cannot go on once it is replaced by other
            questions.{" "}
          </b>
        )}
        If you keep both, the new one is called {free}.
      </p>
    </Sheet>
  );
}
