// Title and description of a run that the user made: computed from the run alone, never from a recorded story. Pure.
import { count, plural } from "../lib/format";
import { strategyLabel } from "../curriculum/registry";
import { strategyOf } from "../log/config";
import type { RunView } from "../log/view";

export interface RunTitle {
  title: string;
  question: string;
}

/** "stored:sums.csv" → "sums.csv" */
export const datasetName = (source: string): string =>
  source
    .replace(/^(builtin|stored):/, "")
    .replace(/[?#].*$/, "")
    .replace(/^.*\//, "");

/** Codes of log notes that put the run's results in doubt. */
const CAUTIONS = ["test-in-pool", "reward-mended", "identity-unknown", "code-changed"];

export const cautionsOf = ({ notes }: RunView): string[] =>
  notes.filter(({ code }) => CAUTIONS.includes(code)).map(({ text }) => text);

/** Title and one sentence of a run: its own name if it has one, its questions, who chooses, how much, which seed. */
export function titleOf(view: RunView): RunTitle {
  if (view.status === "empty")
    return { title: "A run on this GPU", question: "The model and the questions are being loaded." };
  const { config } = view;
  const pool = view.poolName || datasetName(config.data?.train ?? "");
  const order = strategyLabel(strategyOf(view));
  const own = config.name ?? null;
  const { rounds, steps } = view.planned;
  const rows = view.samples.length;
  const questions =
    view.poolName === ""
      ? `Questions of ${pool}.`
      : `${plural(rows, "question")} of ${pool} to study, ${count(view.testSize)} to test.`;
  const warm = config.trainer?.warmStartSteps ?? 0;
  const perRound = config.curriculum?.perRound ?? null;
  const budget =
    config.trainer?.kind === "grpo"
      ? `${plural(steps, "step")} of ${plural(config.trainer.samplesPerBatch ?? 0, "prompt")} × ${count(config.trainer.rollouts ?? 0)} answers${warm > 0 ? `, after a warm start of ${plural(warm, "step")}` : ""}`
      : `${plural(rounds, "round")}${perRound === null ? "" : ` of ${plural(perRound, "pick")}`}, ${plural(steps, "step")}`;
  const capital = order === "" ? "" : order[0].toUpperCase() + order.slice(1);
  return {
    title: own ?? `${capital} on ${pool}`,
    question: `${questions} ${capital}, ${budget}; seed ${view.seed}.`,
  };
}
