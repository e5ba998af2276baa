// The glossary as a list.
import { glossary, written } from "./glossary";

export function WordList() {
  return (
    <dl className="words">
      {Object.entries(glossary)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([word, meaning]) => (
          <div key={word}>
            <dt>{written(word)}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
    </dl>
  );
}
