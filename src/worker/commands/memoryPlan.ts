// memory.plan: what a config's model needs, before anything is spent.
import type { Session } from "../session";
import type { CommandOf } from "./command";

export async function planMemory(
  { options }: Session,
  { requestId, config }: CommandOf<"memory.plan">,
): Promise<void> {
  const planned = await options.models.plan(config);
  options.post({ type: "memory.planned", requestId, ...planned });
}
