// pool.score: scores a pool once, without a run.
import { scoreOnce } from "../scoreOnce";
import type { Session } from "../session";
import { tokenPool } from "../tokenPool";
import type { CommandOf } from "./command";

export async function scorePool(
  session: Session,
  { requestId, runId, config }: CommandOf<"pool.score">,
): Promise<void> {
  await session.run("scoring a pool", runId, async (run) => {
    const loaded = await session.load(config, run);
    session.modelReady(requestId, config, loaded);
    const pool = tokenPool(await session.rows(config), loaded, config.data.tooLong);
    run.loading?.signal.throwIfAborted();
    run.loading = null;
    const events = await scoreOnce(config, loaded, pool, run);
    session.options.post({ type: "run.events", runId, first: 0, events });
  });
  session.done(requestId);
}
