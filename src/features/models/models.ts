// Finds out which model the settings name, and writes a model of the library into the settings.
import type { StoredModel } from "../../data/library/models";
import { changeSettings, lab } from "../../store/lab";

export const BUILT_IN = null;
type Chosen = Pick<StoredModel, "modelId" | "name" | "origin" | "revision"> | null;

/** Source and revision as written in a config: a hub model by id and commit, an imported one by its id in the library. */
export function settingsOf(model: Chosen): { source: string; revision: string | null } {
  if (model === null) return { source: "builtin:tiny", revision: null };
  if (model.origin === "hub") return { source: model.name, revision: model.revision };
  return { source: `library:${model.modelId}`, revision: null };
}

/** Whether the present changes of settings name this model. */
export function isPresent(changes: Readonly<Record<string, unknown>>, model: Chosen): boolean {
  const { source, revision } = settingsOf(model);
  return (
    (changes["model.source"] ?? "builtin:tiny") === source && (changes["model.revision"] ?? null) === revision
  );
}

/** Makes it the model of the next run and of what is asked. */
export function takeModel(model: Chosen): void {
  const { source, revision } = settingsOf(model);
  const changes: Record<string, unknown> = { ...lab.getState().changes };
  delete changes["model.source"];
  delete changes["model.revision"];
  if (model !== null) changes["model.source"] = source;
  if (revision !== null) changes["model.revision"] = revision;
  changeSettings(changes);
}
