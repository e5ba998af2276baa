// A dataset of this name is kept already: replace it, keep both, or leave things as they are.
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
    <Sheet title={`${record.name} is kept already`} place="centre" onClose={props.onCancel} footer={footer}>
      <p>
        The one that is here has {plural(record.train, "question")} to study and {record.test} to test.{" "}
        {runs > 0 && (
          <b>
            {plural(runs, "unfinished run")} began with it, and cannot go on once it is replaced by other
            questions.{" "}
          </b>
        )}
        Keeping both calls the new one {free}.
      </p>
    </Sheet>
  );
}
