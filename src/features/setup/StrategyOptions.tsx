// The options of a menu of strategies, under titles that say what each chooses and by what.
import { strategyLabel, underTitles } from "../../curriculum/registry";

/** @param labelled shows labels ("random order"); else names as a config has them ("random") */
export function StrategyOptions({ names, labelled }: { names: readonly string[]; labelled?: boolean }) {
  return underTitles(names).map(([title, own]) => (
    <optgroup key={title} label={title}>
      {own.map((name) => (
        <option key={name} value={name}>
          {labelled ? strategyLabel(name) : name}
        </option>
      ))}
    </optgroup>
  ));
}
