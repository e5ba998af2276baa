// The panel "What this browser can do": runs the browser checks when it opens and lists the results.
import { useEffect, useState } from "react";
import { Sheet } from "../../ui/controls/Sheet";
import { canRun, checksOf, probeBrowser, type Check } from "./checks";
import { CheckList } from "./CheckList";

export function DevicePanel({ onClose }: { onClose: () => void }) {
  const [checks, setChecks] = useState<Check[] | null>(null);
  useEffect(() => {
    void probeBrowser().then((probe) => setChecks(checksOf(probe)));
  }, []);
  return (
    <Sheet title="What this browser can do" place="panel" onClose={onClose}>
      {checks === null ? (
        <p>Asking the browser…</p>
      ) : (
        <>
          <p>
            {canRun(checks) ? "A run on this GPU is possible." : "A run on this GPU is not possible yet."}
          </p>
          <CheckList checks={checks} />
        </>
      )}
    </Sheet>
  );
}
