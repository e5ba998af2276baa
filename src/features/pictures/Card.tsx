// A picture on the page: heading, sentence, figure at the available width, key, table, and the parts that a feature
// adds.
import { memo, useMemo } from "react";
import type { Picture } from "../../pictures/picture";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";
import { Picture as Section } from "../../ui/controls/Picture";
import { Key } from "./Key";
import { partsOf } from "./parts";
import { useFrame, type Followed } from "./useFrame";

/** Of a saved picture whose figure the page does not draw. */
const SAVED_WIDTH = 760;

function Shown({ picture, followed }: { picture: Picture; followed: Followed }) {
  const { frame, news } = followed;
  const { className, Tools, Above, Figure, Below } = partsOf(picture.id);
  const [room, width] = useWidth<HTMLDivElement>();
  const figure = useMemo(
    () => (Figure ? null : picture.figure(frame, width)),
    // `frame` is a new object each time; `news` changes only when its content has changed.
    [picture, width, news, frame.run, frame.baseline],
  );
  const sentence = picture.sentence(frame);
  const entries = picture.key?.(frame) ?? [];
  return (
    <Section
      id={picture.id}
      question={picture.question}
      sentence={sentence}
      className={className}
      tools={Tools && <Tools frame={frame} />}
      table={() => picture.table(frame)}
      figure={() => figure ?? picture.figure(frame, SAVED_WIDTH) ?? { width: 1, height: 1, marks: [] }}
      legend={entries.length > 0 && <Key entries={entries} />}
    >
      {Above && <Above frame={frame} />}
      {Figure ? (
        <Figure frame={frame} />
      ) : (
        <div ref={room} className="figure-room">
          {figure && <Svg figure={figure} name={`${picture.question} ${sentence}`} />}
        </div>
      )}
      {picture.notes?.(frame).map((note) => (
        <p key={note} className="aside">
          {note}
        </p>
      ))}
      {Below && <Below frame={frame} />}
    </Section>
  );
}

/** Nothing where the picture does not apply to the run. */
export const Card = memo(function Card({ picture }: { picture: Picture }) {
  const followed = useFrame(picture.follows);
  return picture.applies(followed.frame) ? <Shown picture={picture} followed={followed} /> : null;
});
