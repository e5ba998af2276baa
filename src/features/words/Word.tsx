// A glossary word in running text, with its definition as tooltip.
import type { ReactNode } from "react";
import { Term } from "../../ui/controls/Term";
import { glossary, type Word } from "./glossary";

export function Gloss({ word, children }: { word: Word; children?: ReactNode }) {
  return <Term definition={glossary[word]}>{children ?? word}</Term>;
}
