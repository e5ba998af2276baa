// Which prompts did a step choose, and why: its candidates in the order they were ranked.
import { useMemo } from "react";
import { choiceFigure, choiceSentence, choiceTable, ranksOnly } from "../../pictures/reward/choice";
import type { RunView } from "../../log/view";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import { Picture } from "../../ui/controls/Picture";
import { Gloss } from "../words";
import { useWalk } from "./Walk";

export function Choice({ view }: { view: RunView }) {
  const [room, width] = useWidth<HTMLDivElement>(560);
  const { at, tools } = useWalk(view.judged.length, view.judged.length - 1, "step");
  const step = view.judged[at];
  const prompt = (sample: number): string => view.samples[sample]?.prompt ?? `sample ${sample}`;
  const figure = useMemo(
    () => choiceFigure(step, view.groups, prompt, width),
    // Groups of the step come after its judgment; samples do not change.
    [step, view, view.groups.length, width],
  );
  const sentence = choiceSentence(step, view.groups);
  return (
    <Picture
      id="choice"
      question="Which prompts did it choose, and why?"
      sentence={sentence}
      table={() => choiceTable(step, view.groups, prompt)}
      figure={() => figure}
      tools={tools}
      legend={
        <>
          {ranksOnly(step) ? (
            <span>numbers: rank among the step’s candidates</span>
          ) : (
            <>
              <span>
                <i className="k-pick" />
                forecast of the studied
              </span>
              <span>
                <i className="k-left" />
                of those left out
              </span>
              <span>
                <i className="k-unread" />
                unreadable: counted as the stand-in
              </span>
            </>
          )}
          <span>
            <i className="k-ring k-round" />
            <Gloss word="variance">variance</Gloss> of the rewards that followed
          </span>
        </>
      }
    >
      <div ref={room} className="figure-room">
        <Svg figure={figure} name={`Candidates by rank. ${sentence}`} />
      </div>
    </Picture>
  );
}
