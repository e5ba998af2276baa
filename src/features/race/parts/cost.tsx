// Additions to the picture "What does choosing cost?": a button to the times by phase, and the table of entropy
// estimators if the run compared them.
import { count, duration } from "../../../lib/format";
import { showPanel } from "../../../store/lab";
import type { Frame } from "../../../pictures/picture";
import type { Parts } from "../../pictures/parts";
import { Gloss } from "../../words";

function Tools() {
  return (
    <button type="button" className="link" onClick={() => showPanel("accounting")}>
      by phase
    </button>
  );
}

function Below({ frame }: { frame: Frame }) {
  const rows = frame.run.comparisons.at(-1)?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <table className="estimators">
      <thead>
        <tr>
          <th scope="col">Scoring the pool once</th>
          <th scope="col" className="n">
            Tokens
          </th>
          <th scope="col" className="n">
            Time
          </th>
          <th scope="col" className="n">
            <Gloss word="spearman">Agrees with full</Gloss>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.estimator}>
            <td>{row.estimator}</td>
            <td className="n">{count(row.tokens)}</td>
            <td className="n">{duration(row.elapsedMs)}</td>
            <td className="n">{row.spearmanWithFull.toFixed(3)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export const parts: Parts = { Tools, Below };
