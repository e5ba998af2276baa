// What went wrong, in one sentence and what to do about it; and work whose failure ends there.
import { useEffect, useRef, useState } from "react";
import { asLabError, type LabError } from "../../lib/errors";

export function Fault({ fault }: { fault: LabError | null }) {
  const place = useRef<HTMLDivElement>(null);
  // What was pressed may lie a screen away from the sentence.
  useEffect(() => {
    // In braces: newer browsers return a promise, which React would call as a cleanup.
    place.current?.scrollIntoView({ block: "nearest" });
  }, [fault]);
  if (!fault) return null;
  return (
    <div className="message" role="alert" ref={place}>
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
