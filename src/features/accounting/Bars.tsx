// A stacked bar chart, drawn for the width that the panel has.
import { stack, type StackRow } from "../../ui/charts/stack";
import { Svg } from "../../ui/charts/Svg";
import { useWidth } from "../../ui/charts/useWidth";

export function Bars(props: { rows: readonly StackRow[]; name: string; names?: number; totals?: number }) {
  const [room, width] = useWidth<HTMLDivElement>(430);
  return (
    <div ref={room} className="figure-room">
      <Svg figure={stack(width, props.rows, props.names, props.totals)} name={props.name} />
    </div>
  );
}
