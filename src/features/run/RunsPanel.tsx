// Runs of this browser and the recorded ones: open, go on, delete, export.
import { lab, openRecorded } from "../../store/lab";
import { useLab } from "../../store/hooks";
import { Sheet } from "../../ui/controls/Sheet";

export function RunsPanel({ onClose }: { onClose: () => void }) {
  const catalogue = useLab((state) => state.catalogue) ?? [];
  return (
    <Sheet title="Runs" place="panel" onClose={onClose}>
      <h3>Recorded</h3>
      <ul className="runs">
        {catalogue.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              className="button"
              onClick={() => {
                lab.setState({ story: entry.story });
                void openRecorded(entry);
                onClose();
              }}
            >
              {entry.title}: {entry.strategy}, seed {entry.seed}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
