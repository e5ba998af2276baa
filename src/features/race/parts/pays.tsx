// Additions to the picture "Does it pay?": the notice about the baseline, and the choice of four cost measures,
// each with its verdict, so that the reader sees all four answers at once.
import { strategyLabel } from "../../../curriculum/registry";
import { measureBy } from "../../../store/lab";
import type { Frame } from "../../../pictures/picture";
import { fieldOf } from "../../../pictures/race/pairs";
import { axes, axisNames, verdict, verdictNote } from "../../../pictures/race/race";
import { Segments } from "../../../ui/controls/Segments";
import type { Parts } from "../../pictures/parts";
import { BaselineNotice } from "../BaselineNotice";

function Above({ frame }: { frame: Frame }) {
  const { run, baseline, baselineStrategy, seeds, axis } = frame;
  const { own, other, pairs } = fieldOf(run, baselineStrategy, baseline, seeds);
  return (
    <>
      <BaselineNotice />
      <Segments
        legend="Cost counted in"
        value={axis}
        onChange={measureBy}
        options={axes.map((value) => {
          const found = run.step > 0 ? verdict(value, pairs) : null;
          return {
            value,
            label: axisNames[value],
            note: found === null ? undefined : verdictNote(found, strategyLabel(own), strategyLabel(other)),
            tone: found?.leader === "own" ? "pick" : undefined,
          };
        })}
      />
    </>
  );
}

export const parts: Parts = { Above };
