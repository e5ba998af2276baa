// Checks whether a run may be resumed: what may have changed since it started, what may not, and what its log says
// about that.
import { configDifference, type ResolvedConfig } from "../config/schema";
import { LabError } from "../lib/errors";
import type { RowsIdentity, RunIdentity } from "../lib/events";

/** The config with the commit of a hub model; null = as it is. */
export function pinned(config: ResolvedConfig, revision: string | null): ResolvedConfig {
  return revision === null ? config : { ...config, model: { ...config.model, revision } };
}

/** A record of the log beside what the run does. */
export interface RunNote {
  code: string;
  text: string;
}

const MENDED: RunNote = {
  code: "reward-mended",
  text: "The run goes on with another reward function than it began with; rewards before and after may not compare.",
};
/** A user's reward function may be corrected, so that a run that it stopped can be resumed. */
const MENDABLE = ["trainer.reward.code", "trainer.reward.timeoutMs"];

/**
 * Where a file is read from may have changed; what the run computes may not.
 * @returns whether the user's reward function is another one
 * @throws LabError "config"
 */
export function sameRun(was: ResolvedConfig, config: ResolvedConfig): boolean {
  const changed = configDifference(was, config).filter(
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

/**
 * The rows and weights that a run goes on with must be those it began with; where they lie may have changed.
 * @param now what was read; weights null = not read yet
 * @throws LabError "config" naming everything that changed, in one sentence
 */
export function sameMaterial(
  was: RunIdentity,
  now: Pick<RunIdentity, "train" | "test"> & { weights: RunIdentity["weights"] | null },
): void {
  const changed = [
    otherRows("the rows to train on", was.train, now.train),
    otherRows("the rows to test on", was.test, now.test),
    now.weights === null || now.weights.hash === was.weights.hash
      ? null
      : `the model (${was.weights.name}: SHA-256 ${short(was.weights.hash)}, now ${short(now.weights.hash)})`,
  ].filter((part) => part !== null);
  if (changed.length === 0) return;
  throw new LabError(
    "config",
    `The run cannot go on, because since it began these changed: ${changed.join("; ")}.`,
    "Restore what the run was started with, or start a new run.",
    { trainHash: was.train.hash, testHash: was.test.hash, weightsHash: was.weights.hash },
  );
}

function otherRows(what: string, was: RowsIdentity, now: RowsIdentity): string | null {
  if (was.hash === now.hash) return null;
  if (was.rows !== now.rows) return `${what} (${was.name}: ${was.rows} rows, now ${now.rows})`;
  return `${what} (${was.name}: ${was.rows} rows as before, but other content)`;
}

const short = (hash: string): string => `${hash.slice(0, 12)}…`;

/** What the log of a run that begins must say: a test that asks what is studied shows less. */
export function startNotes(
  pool: readonly { prompt: string }[],
  test: readonly { prompt: string }[],
): RunNote[] {
  const prompts = new Set(pool.map(({ prompt }) => prompt));
  const known = test.filter(({ prompt }) => prompts.has(prompt)).length;
  if (known === 0) return [];
  return [
    {
      code: "test-in-pool",
      text: `${known} of ${test.length} test questions ${known === 1 ? "is" : "are"} in the pool, too: right answers to them may be learnt by heart.`,
    },
  ];
}

/** What the log of a run that goes on must say. */
export function resumeNotes(was: RunIdentity | null, code: string, mended: boolean): RunNote[] {
  const notes = mended ? [MENDED] : [];
  if (!was) {
    notes.push({
      code: "identity-unknown",
      text: "The run began in a version of the lab that noted no hashes: whether its rows and weights are still the same was not checked.",
    });
  } else if (was.code !== code) {
    notes.push({
      code: "code-changed",
      text: `The run began with version ${was.code} of the lab and goes on with ${code}.`,
    });
  }
  return notes;
}
