// One setting of the form: label, input, help text with limits, error, and a button that restores the default.
import { useId, useState } from "react";
import type { Field } from "../../config/describe";
import { StrategyOptions } from "./StrategyOptions";
import { fromText, limitWords, toText } from "./setup";

interface FieldProps {
  field: Field;
  value: unknown;
  standard: unknown;
  changed: boolean;
  fault: string | null;
  /** Why it has no effect now, in a sentence; null where it has. */
  idle: string | null;
  onChange: (value: unknown) => void;
}

function Control({
  id,
  notes,
  field,
  value,
  fault,
  idle,
  onChange,
}: FieldProps & { id: string; notes: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  const disabled = idle !== null;
  const common = { id, disabled, "aria-describedby": notes, "aria-invalid": fault !== null };
  if (field.kind === "flag")
    return (
      <input
        type="checkbox"
        {...common}
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
      />
    );
  if (field.kind === "choice")
    return (
      <select
        className="field"
        {...common}
        value={toText(value)}
        onChange={(event) => onChange(event.target.value)}
      >
        {field.path === "curriculum.strategy" ? (
          <StrategyOptions names={field.options ?? []} />
        ) : (
          field.options?.map((option) => <option key={option}>{option}</option>)
        )}
      </select>
    );
  if (field.kind === "choices") {
    const chosen = Array.isArray(value) ? (value as string[]) : [];
    return (
      <div className="choose-many" role="group" id={id} aria-label={field.label}>
        {field.options?.map((option) => (
          <label key={option}>
            <input
              type="checkbox"
              disabled={disabled}
              checked={chosen.includes(option)}
              onChange={(event) =>
                onChange(
                  event.target.checked ? [...chosen, option] : chosen.filter((other) => other !== option),
                )
              }
            />
            {option}
          </label>
        ))}
      </div>
    );
  }
  const numeric = field.kind === "whole" || field.kind === "number";
  const commit = (): void => {
    if (draft !== null) onChange(fromText(field, draft));
    setDraft(null);
  };
  return (
    <input
      className="field"
      type="text"
      inputMode={numeric ? "decimal" : "text"}
      {...common}
      value={draft ?? toText(value)}
      placeholder={field.nullable ? "empty" : ""}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
    />
  );
}

export function SettingField(props: FieldProps) {
  const { field, standard, changed, fault, idle, onChange } = props;
  const id = useId();
  const notes = useId();
  const limits = limitWords(field);
  return (
    <div className={`setting ${changed ? "changed" : ""} ${field.kind === "flag" ? "flag" : ""}`}>
      <label htmlFor={id}>
        {field.label}
        {field.unit && <span className="aside"> {field.unit}</span>}
      </label>
      <Control {...props} id={id} notes={notes} />
      <p id={notes} className="aside">
        {fault !== null && <b className="fault">{fault}. </b>}
        {idle !== null && <b>{idle} </b>}
        {field.help}
        {limits && field.kind !== "choice" && field.kind !== "text" ? ` (${limits})` : ""}
      </p>
      {changed && (
        <button type="button" className="link" onClick={() => onChange(standard)}>
          back to {toText(standard) || "empty"}
        </button>
      )}
    </div>
  );
}
