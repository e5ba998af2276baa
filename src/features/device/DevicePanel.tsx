// What this browser can do.
import { Sheet } from "../../ui/controls/Sheet";

export function DevicePanel({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title="What this browser can do" place="panel" onClose={onClose}>
      <p>…</p>
    </Sheet>
  );
}
