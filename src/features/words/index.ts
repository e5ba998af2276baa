export { Gloss } from "./Word";
export { WordList } from "./WordList";
export { glossary, type Word } from "./glossary";
