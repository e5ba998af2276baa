// A segmented control: radio buttons in a row, one of which is chosen, each with an optional second line.
import { useId } from "react";

export interface Segment<T extends string> {
  value: T;
  label: string;
  note?: string;
  /** Class of the note: the colour role of what it says. */
  tone?: string;
}

export function Segments<T extends string>(props: {
  legend: string;
  value: T;
  options: readonly Segment<T>[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="segments">
      <legend className="unseen">{props.legend}</legend>
      {props.options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === props.value}
            onChange={() => props.onChange(option.value)}
          />
          {option.label}
          {option.note !== undefined && <em className={option.tone}>{option.note}</em>}
        </label>
      ))}
    </fieldset>
  );
}
