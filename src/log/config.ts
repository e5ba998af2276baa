// Reads the settings in a run's log that pictures and sentences need. Old logs lack some of them and a log from
// elsewhere may be malformed, so a value of an unexpected type is left out. Pure.

export interface RunConfig {
  name?: string | null;
  data?: { train?: string };
  trainer?: { kind?: string; samplesPerBatch?: number; rollouts?: number; warmStartSteps?: number };
  curriculum?: { strategy?: string; perRound?: number | null; excludeSeen?: boolean };
}

type Raw = Readonly<Record<string, unknown>>;

const group = (raw: unknown): Raw =>
  typeof raw === "object" && raw !== null ? Object.fromEntries(Object.entries(raw)) : {};
const text = (raw: unknown): string | undefined => (typeof raw === "string" ? raw : undefined);
const number = (raw: unknown): number | undefined => (typeof raw === "number" ? raw : undefined);
const orNull = <T>(raw: unknown, read: (raw: unknown) => T | undefined): T | null | undefined =>
  raw === null ? null : read(raw);
const flag = (raw: unknown): boolean | undefined => (typeof raw === "boolean" ? raw : undefined);

/** The config of `run.started`, typed; settings that no picture reads stay as they are. */
export function readConfig(raw: unknown): RunConfig {
  const all = group(raw);
  const [data, trainer, curriculum] = [group(all.data), group(all.trainer), group(all.curriculum)];
  return {
    ...all,
    name: orNull(all.name, text),
    data: { ...data, train: text(data.train) },
    trainer: {
      ...trainer,
      kind: text(trainer.kind),
      samplesPerBatch: number(trainer.samplesPerBatch),
      rollouts: number(trainer.rollouts),
      warmStartSteps: number(trainer.warmStartSteps),
    },
    curriculum: {
      ...curriculum,
      strategy: text(curriculum.strategy),
      perRound: orNull(curriculum.perRound, number),
      excludeSeen: flag(curriculum.excludeSeen),
    },
  };
}

/** The strategy that chose; "" where the log does not say. */
export const strategyOf = ({ config }: { config: RunConfig }): string => config.curriculum?.strategy ?? "";

/** Whether the run was trained by rewards. */
export const byRewards = ({ config }: { config: RunConfig }): boolean => config.trainer?.kind === "grpo";
