// The settings panel, built from the config schema: a form in sections, what differs from the story, and an error
// sentence at each value that cannot be used.
import { useMemo, useState } from "react";
import { FIELDS, isRelevant, valueAt, whyIdle, type Field } from "../../config/describe";
import { preset } from "../../config/presets";
import { resolveConfig } from "../../config/resolve";
import type { ResolvedConfig } from "../../config/schema";
import { asLabError } from "../../lib/errors";
import { plural } from "../../lib/format";
import { changeSettings, undoSettings } from "../../store/lab";
import { useLab } from "../../store/hooks";
import { startRun } from "../../store/session";
import { nest } from "../../store/url";
import { Sheet } from "../../ui/controls/Sheet";
import { merge } from "../../store/config";
import { SettingField } from "./SettingField";
import { faultsOf, same, sectionOf, sections } from "./setup";

interface Resolved {
  config: ResolvedConfig;
  faults: Record<string, string>;
}

function resolved(base: unknown, changes: Readonly<Record<string, unknown>>): Resolved {
  try {
    return { config: resolveConfig(merge(base, nest(changes))), faults: {} };
  } catch (thrown) {
    return { config: resolveConfig(base), faults: faultsOf(asLabError(thrown).message) };
  }
}

export function SettingsPanel({ onClose }: { onClose: () => void }) {
  const story = useLab((state) => state.story);
  const changes = useLab((state) => state.changes);
  const undoable = useLab((state) => state.past.length > 0);
  const [words, setWords] = useState("");
  const [all, setAll] = useState(false);
  const [copied, setCopied] = useState(false);
  const base = useMemo(() => preset(story)?.config ?? {}, [story]);
  const standard = useMemo(() => resolveConfig(base), [base]);
  const { config, faults } = useMemo(() => resolved(base, changes), [base, changes]);
  const changed = Object.keys(changes).length;
  const broken = Object.keys(faults).length;

  const set = (field: Field, value: unknown): void => {
    const next = { ...changes };
    if (same(value, valueAt(standard, field.path))) delete next[field.path];
    else next[field.path] = value;
    changeSettings(next);
  };
  const wanted = words.trim().toLowerCase();
  const visible = (field: Field): boolean => {
    if (wanted !== "") return `${field.label} ${field.path} ${field.help}`.toLowerCase().includes(wanted);
    if (field.path in changes) return true;
    return isRelevant(field, config) && (all || !field.advanced);
  };
  return (
    <Sheet
      title="Settings"
      place="panel"
      onClose={onClose}
      footer={
        <>
          <button
            type="button"
            className="button main"
            disabled={broken > 0}
            onClick={() => {
              onClose();
              void startRun();
            }}
          >
            Run on my GPU
          </button>
          <button
            type="button"
            className="button"
            onClick={() => void navigator.clipboard.writeText(location.href).then(() => setCopied(true))}
          >
            {copied ? "Link copied" : "Copy link"}
          </button>
          <button type="button" className="button" disabled={!undoable} onClick={undoSettings}>
            Undo
          </button>
          <button
            type="button"
            className="button"
            disabled={changed === 0}
            onClick={() => changeSettings({})}
          >
            Reset all
          </button>
        </>
      }
    >
      <input
        className="field"
        type="search"
        aria-label="Find a setting"
        placeholder="Find a setting"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <p className="aside" aria-live="polite">
        {changed === 0
          ? "Nothing is changed from the story."
          : `${plural(changed, "setting")} changed; the link of this page contains them.`}
        {broken > 0 ? ` ${plural(broken, "value")} cannot be used yet.` : ""}
      </p>
      {sections.map((section) => {
        const fields = FIELDS.filter((field) => sectionOf(field) === section.key && visible(field));
        if (fields.length === 0) return null;
        return (
          <fieldset className="settings" key={section.key}>
            <legend>{section.title}</legend>
            {fields.map((field) => (
              <SettingField
                key={field.path}
                field={field}
                value={field.path in changes ? changes[field.path] : valueAt(config, field.path)}
                standard={valueAt(standard, field.path)}
                changed={field.path in changes}
                fault={faults[field.path] ?? null}
                idle={whyIdle(field, config)}
                onChange={(value) => set(field, value)}
              />
            ))}
          </fieldset>
        );
      })}
      {wanted === "" && (
        <button type="button" className="button" aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? "Fewer settings" : "More settings"}
        </button>
      )}
    </Sheet>
  );
}
