// Settings that a config may leave to the data. A run finds their values as it starts and keeps them in its own config.
import type { ResolvedConfig } from "./tree";

/** The config given, with what a run found for the settings that it leaves open: it asks for no other run than this one. */
export function filledAs(found: ResolvedConfig, given: ResolvedConfig): ResolvedConfig {
  const { maxNewTokens } = found.evaluation;
  const { evaluation } = given;
  return evaluation.maxNewTokens === null ? { ...given, evaluation: { ...evaluation, maxNewTokens } } : given;
}
