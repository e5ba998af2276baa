// The key (legend) under a picture: a mark and a text for each entry; `[[word]]` becomes a glossary word.
import type { KeyEntry } from "../../pictures/picture";
import { Gloss, glossary, type Word } from "../words";

const isWord = (text: string): text is Word => text in glossary;

function Words({ text }: { text: string }) {
  return text.split(/\[\[([^\]]+)\]\]/).map((piece, i) => {
    const [word, written = word] = piece.split("|");
    return i % 2 === 1 && isWord(word) ? (
      <Gloss key={i} word={word}>
        {written}
      </Gloss>
    ) : i % 2 === 1 ? (
      written
    ) : (
      piece
    );
  });
}

function Mark({ mark, color }: KeyEntry) {
  if (color)
    return (
      <svg className="swatch" viewBox="0 0 18 10" aria-hidden="true">
        <rect width="18" height="10" rx="2" fill={color} />
      </svg>
    );
  return mark === "" ? null : <i className={mark} />;
}

export function Key({ entries }: { entries: readonly KeyEntry[] }) {
  return entries.map((entry) => (
    <span key={entry.text}>
      <Mark {...entry} />
      <Words text={entry.text} />
    </span>
  ));
}
