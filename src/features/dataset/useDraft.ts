// The file that is being made ready, as the page knows it: counts from the data worker, and what a person does to it.
import { useState } from "react";
import { LabError } from "../../lib/errors";
import {
  askData,
  type DataCommand,
  type DataCommands,
  type DraftView,
  type ListView,
} from "../../store/dataWorker";
import { presentConfig } from "../../store/session";
import { columnsOfShape, rememberColumns } from "../../store/columnShapes";
import { useGuarded } from "../../ui/controls/Fault";

/** Commands that answer with the draft as it is then. */
type Changing = { [K in DataCommand]: DataCommands[K]["answer"] extends DraftView ? K : never }[DataCommand];

export interface DraftState {
  view: DraftView | null;
  /** The columns are those of an earlier file with the same ones. */
  remembered: boolean;
  fault: LabError | null;
  busy: boolean;
  open: (file: Blob, name: string) => void;
  /** Opens the same file again, but no more than these rows; null where none was opened. */
  again: ((rows: number) => void) | null;
  /** Shows again what was left open. */
  reopen: () => void;
  close: () => void;
  /** Another filter, and how many rows pass it. */
  filtered: (change: Pick<ListView, "filter" | "matched">) => void;
  change: <K extends Changing>(command: K, ask: DataCommands[K]["ask"]) => void;
  /** Measures every sample with the tokenizer of the chosen model. */
  measure: () => void;
  /** Runs other work with the same fault and busy signs. */
  guarded: (work: () => Promise<void>) => void;
}

export function useDraft(): DraftState {
  const [view, setView] = useState<DraftView | null>(null);
  const [last, setLast] = useState<{ file: Blob; name: string } | null>(null);
  const [remembered, setRemembered] = useState(false);
  const { fault, setFault, busy, guarded } = useGuarded();
  const show = (next: DraftView): void => {
    setView(next);
    const refusal = next.refusal;
    setFault(refusal && new LabError(refusal.code, refusal.message, refusal.hint, refusal.facts));
  };
  const open = (file: Blob, name: string, most?: number): void => {
    setView(null);
    setLast({ file, name });
    guarded(async () => {
      const opened = await askData("draft.open", { file, name, most });
      const known = columnsOfShape(opened.columns);
      setRemembered(known !== null);
      show(known ? await askData("draft.choose", { choices: known }) : opened);
    });
  };
  return {
    view,
    remembered,
    fault,
    busy,
    guarded,
    open,
    measure: () =>
      guarded(async () => {
        const config = await presentConfig();
        for (;;) {
          // The button says what is done: a tokenizer that lies elsewhere is fetched for it.
          const next = await askData("draft.measure", { config, mayFetch: true });
          if ("away" in next) return;
          show(next);
          if (next.measured && next.measured.samples >= next.samples) return;
        }
      }),
    again: last && ((rows) => open(last.file, last.name, rows)),
    reopen: () =>
      guarded(async () => {
        const present = await askData("draft.present", null);
        if (present) show(present);
      }),
    filtered: (change) => setView((now) => (now ? { ...now, ...change } : now)),
    close: () => {
      setView(null);
      setFault(null);
      void askData("draft.close", null);
    },
    change: (command, ask) =>
      guarded(async () => {
        const next = (await askData(command, ask)) as DraftView;
        if (command === "draft.choose") {
          setRemembered(false);
          rememberColumns(next.columns, next.choices);
        }
        show(next);
      }),
  };
}
