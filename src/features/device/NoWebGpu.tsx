// The message for browsers that cannot train: what is missing and how to get it. The recorded run below still plays.
import { useEffect, useState } from "react";
import { canRun, checksOf, probeBrowser, type Check } from "./checks";
import { CheckList } from "./CheckList";

/** The checks, once the browser has answered; null before. */
export function useChecks(): Check[] | null {
  const [checks, setChecks] = useState<Check[] | null>(null);
  useEffect(() => {
    let here = true;
    void probeBrowser().then((probe) => here && setChecks(checksOf(probe)));
    return () => {
      here = false;
    };
  }, []);
  return checks;
}

export function NoWebGpu({ onAll }: { onAll: () => void }) {
  const checks = useChecks();
  const [open, setOpen] = useState(true);
  if (!checks || canRun(checks) || !open) return null;
  return (
    <section className="message calm missing" aria-labelledby="missing-title">
      <h2 id="missing-title">This browser cannot train yet</h2>
      <p>
        The run below was recorded on real WebGPU and shows everything: play it, step through it, open any
        question. To train here, get what is missing:
      </p>
      <CheckList checks={checks.filter((check) => check.state === "missing")} />
      <div className="acts">
        <button type="button" className="button small" onClick={onAll}>
          All checks
        </button>
        <button type="button" className="button small" onClick={() => setOpen(false)}>
          Close
        </button>
      </div>
    </section>
  );
}
