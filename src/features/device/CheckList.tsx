// The list of browser checks: "yes", "slow" or "missing" for each, and how to get what is missing.
import type { Check } from "./checks";

const words: Record<Check["state"], string> = { yes: "yes", slow: "goes without", missing: "missing" };

export function CheckList({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className="checks">
      {checks.map((check) => (
        <li key={check.id} className={check.state}>
          <b>{check.name}</b>
          <span className="check-state">
            {check.id === "adapter" && check.state === "slow" ? "software" : words[check.state]}
          </span>
          <span className="aside">{check.found}</span>
          {check.state === "missing" && <p>{check.howTo}</p>}
        </li>
      ))}
    </ul>
  );
}
