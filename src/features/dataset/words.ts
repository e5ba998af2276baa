// What a row is called by what was found in it.
import type { FindingKind } from "../../data/dataset/findings";

export const KIND_WORDS: Record<FindingKind, string> = {
  unusable: "cannot be used",
  excluded: "not to be studied",
  dropped: "taken out",
  changed: "changed",
  duplicate: "repeated",
  "near-duplicate": "nearly repeated",
  contradiction: "contradicts another",
  "too-long": "too long",
  "not-rendered": "not for this model",
};
