// Which model an adapter belongs to, for other tools: a name that PEFT can load, where there is one, and words for
// people where there is none.
import { builtinName } from "../builtin";
import { hubSource } from "../library/hub";
import { libraryId } from "../library/models";

export interface ExportBase {
  /** Hub id, path or address, for `base_model_name_or_path`; null where other tools know no name for it. */
  name: string | null;
  /** Commit or branch on the hub. */
  revision: string | null;
  /** What it is, e.g. “the model plain, which was brought from a disk”. */
  words: string;
  /** Whether it is a GGUF file, which PEFT cannot train on or load. */
  gguf: boolean;
}

/** @param model its settings: the source as the config has it */
export function exportBase(model: { source: string; revision: string | null }): ExportBase {
  const { source, revision } = model;
  const gguf = /\.gguf$/i.test(source);
  const builtin = builtinName(source);
  const stored = libraryId(source);
  const nameless = (words: string): ExportBase => ({ name: null, revision: null, words, gguf });
  if (builtin !== null) return nameless(`the model ${builtin}, which comes with the lab`);
  if (stored !== null) return nameless(`the model ${stored}, which was imported from a disk`);
  if (gguf) return nameless(`the GGUF file ${source}`);
  const hub = hubSource(source);
  if (!hub) return { name: source, revision: null, words: source, gguf };
  return { name: hub.name, revision, words: hub.name + (revision ? ` at ${revision}` : ""), gguf };
}
