// What went wrong, in one sentence and what to do about it; and work whose failure ends there.
import { useState } from "react";
import { asLabError, type LabError } from "../../lib/errors";

export function Fault({ fault }: { fault: LabError | null }) {
  if (!fault) return null;
  return (
    <div className="message" role="alert">
      <p>
        <b>{fault.message}</b>
      </p>
      {fault.hint && <p>{fault.hint}</p>}
    </div>
  );
}

export function useGuarded() {
  const [fault, setFault] = useState<LabError | null>(null);
  const [busy, setBusy] = useState(false);
  const guarded = (work: () => Promise<void>): void => {
    setBusy(true);
    setFault(null);
    work()
      .catch((thrown: unknown) => setFault(asLabError(thrown)))
      .finally(() => setBusy(false));
  };
  return { fault, busy, guarded };
}
