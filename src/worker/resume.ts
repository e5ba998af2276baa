// What may have changed when a run goes on, and what may not.
import { configDifference, resolveConfig, type ResolvedConfig } from "../config/schema";
import { LabError } from "../lib/errors";
import type { StoredRun } from "./archive";

/** The config with the commit of a hub model; null = as it is. */
export function pinned(config: ResolvedConfig, revision: string | null): ResolvedConfig {
  return revision === null ? config : { ...config, model: { ...config.model, revision } };
}

export const MENDED = {
  code: "reward-mended",
  text: "The run goes on with another reward function than it began with; rewards before and after may not compare.",
};
/** A person's function may be mended: a run that it broke is not lost. */
const MENDABLE = ["trainer.reward.code", "trainer.reward.timeoutMs"];

/**
 * Where a file is read from may have changed; what the run computes may not.
 * @returns whether the person's reward function is another one
 * @throws LabError "config"
 */
export function sameRun(stored: StoredRun, config: ResolvedConfig): boolean {
  const changed = configDifference(resolveConfig(stored.config), config).filter(
    ({ path }) =>
      path !== "name" && !path.startsWith("model.") && path !== "data.train" && path !== "data.test",
  );
  const other = changed.filter(({ path }) => !MENDABLE.includes(path));
  if (other.length === 0) return changed.length > 0;
  const list = other.map(({ path, a, b }) => `${path} was ${JSON.stringify(a)}, is ${JSON.stringify(b)}`);
  throw new LabError(
    "config",
    `${other[0].path}: the run cannot go on with other settings (${list.join("; ")}).`,
    "Resume with the run's own config, or start a new run.",
  );
}
