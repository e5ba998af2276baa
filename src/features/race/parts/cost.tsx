// Additions to the picture "What does choosing cost?": a button to the times by phase, and the table of entropy
// estimators if the run compared them.
import { count, duration } from "../../../lib/format";
import { showPanel } from "../../../store/lab";
import type { Frame } from "../../../pictures/picture";
import type { Parts } from "../../pictures/parts";
import { Gloss } from "../../words";
import { numbers, TableHead } from "../../../ui/controls/TableHead";

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
      <TableHead
        columns={[
          "Scoring the pool once",
          numbers("Tokens"),
          numbers("Time"),
          numbers(<Gloss word="spearman">Agrees with full</Gloss>),
        ]}
      />
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
