// All words of the lab in one place.
import { glossary } from "./glossary";

export function WordList() {
  return (
    <dl className="words">
      {Object.entries(glossary)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([word, meaning]) => (
          <div key={word}>
            <dt>
              {word === "edco" || word === "metis" ? word.toUpperCase() : word === "lora" ? "LoRA" : word}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
    </dl>
  );
}
