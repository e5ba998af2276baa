// Shows an error: one sentence, what to do about it, and buttons that do it. useGuarded() runs work and shows its error in this way.
import { useEffect, useRef, useState } from "react";
import { asLabError, type LabError } from "../../lib/errors";

/** What an error advises, as a button. */
export interface Advice {
  label: string;
  act: () => void;
}

export function Fault({ fault, advice = [] }: { fault: LabError | null; advice?: readonly Advice[] }) {
  const place = useRef<HTMLDivElement>(null);
  // The button that was pressed may be a screen away from the message.
  useEffect(() => {
    // In braces: Chrome's scrollIntoView returns a promise (https://github.com/w3c/csswg-drafts/issues/3744), which React
    // would take for the effect's cleanup function and call.
    place.current?.scrollIntoView({ block: "nearest" });
  }, [fault]);
  if (!fault) return null;
  return (
    <div className="message" role="alert" ref={place}>
      <p>
        <b>{fault.message}</b>
      </p>
      {fault.hint && <p>{fault.hint}</p>}
      {advice.length > 0 && (
        <div className="acts">
          {advice.map(({ label, act }) => (
            <button key={label} type="button" className="button small" onClick={act}>
              {label}
            </button>
          ))}
        </div>
      )}
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
  return { fault, setFault, busy, guarded };
}
