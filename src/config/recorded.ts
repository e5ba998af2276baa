// The recorded stories that come with the lab: each is named after its pool, but for the one of rewards.

/** The story of reinforcement: a model that judges itself. Also the preset of that name. */
export const REWARD_STORY = "metis";
const REWARD_POOL = "comm";

/** The recorded story that a run with this config could belong to; "" for none. */
export function recordedStory(config: { data?: { train?: unknown }; trainer?: { kind?: unknown } }): string {
  const pool = /^builtin:(.+)$/.exec(String(config.data?.train ?? ""))?.[1] ?? "";
  if (config.trainer?.kind === "grpo") return pool === REWARD_POOL ? REWARD_STORY : "";
  return pool;
}
