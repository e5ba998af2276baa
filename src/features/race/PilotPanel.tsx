// The panel "Does it pay on my data?": a pilot of a few steps with both orders, and its answer with interval and price.
import { useEffect, useId, useState } from "react";
import { STRATEGIES, isRandomOrder, strategyIn, strategyLabel } from "../../curriculum/registry";
import type { StrategyName } from "../../curriculum/strategy";
import { asLabError, LabError } from "../../lib/errors";
import { plural } from "../../lib/format";
import { range, signed } from "../../curriculum/paired";
import type { PilotAnswer, PilotWish } from "../../race/pilot";
import { useLive } from "../../store/live";
import { startPilot, stopPilot, usePilot, usualSteps, type PilotRun } from "../../store/pilot";
import { showPanel } from "../../store/lab";
import { presentConfig } from "../../store/session";
import { DataTable, type TableData } from "../../ui/controls/DataTable";
import { Fault } from "../../ui/controls/Fault";
import { Sheet } from "../../ui/controls/Sheet";
import { StrategyOptions } from "../setup/StrategyOptions";

const SEEDS = [1, 2, 3, 5, 8];
const USUAL_SEEDS = 3;
/** Offered where the settings themselves are in random order. */
const FIRST_CHOICE = STRATEGIES.find(({ chooses }) => chooses === "batches")!.name;

const stateWords: Record<PilotRun["state"], string> = {
  waiting: "waits",
  running: "runs now",
  done: "finished",
  known: "known from before",
};

const COSTS = { steps: "equal steps", tokens: "equal tokens" };

/** A difference of shares as points with its interval. */
function pointsOf({ difference, interval }: PilotAnswer["lines"][number]["area"]): string {
  if (difference === null) return "–";
  const points = signed(100 * difference);
  return interval ? `${points} ${range([100 * interval[0], 100 * interval[1]])}` : points;
}

const tableOf = ({ lines }: PilotAnswer): TableData => ({
  columns: ["Compared at", "#Average", "#At the end"],
  rows: lines.map(({ cost, area, end }) => [COSTS[cost], pointsOf(area), pointsOf(end)]),
});

function Answer({ answer, strategy }: { answer: PilotAnswer; strategy: string }) {
  return (
    <section aria-label="Answer of the pilot">
      <p className="say" aria-live="polite">
        {answer.sentence}
      </p>
      <DataTable data={tableOf(answer)} name="pilot" />
      <p className="aside">
        {strategyLabel(strategy)} − random order in points of the test, paired by seed, with 95 % intervals of
        Student’s t over seeds; tokens include what choosing costs. {answer.price}
      </p>
    </section>
  );
}

function Runs({ runs }: { runs: readonly PilotRun[] }) {
  const progress = useLive((live) => live.progress);
  const loading = useLive((live) => live.loading);
  const where = progress
    ? `, step ${progress.step} of ${progress.steps}`
    : loading
      ? ", the model is loaded"
      : "";
  const rows = runs.map(({ strategy, seed, state }) => [
    strategyLabel(strategy),
    seed,
    stateWords[state] + (state === "running" ? where : ""),
  ]);
  return <DataTable data={{ columns: ["Order", "#Seed", "State"], rows }} name="pilot runs" />;
}

/** The trainer of the present settings, its strategies and the steps a pilot takes. */
interface Offer {
  strategies: StrategyName[];
  chosen: StrategyName;
  steps: number;
}

/** @param last what the pilot before was asked */
async function offerNow(last: PilotWish | null): Promise<Offer> {
  const config = (await presentConfig()) as { trainer?: { kind?: "sft" | "grpo" } };
  const kind = config.trainer?.kind ?? "sft";
  const strategies = STRATEGIES.filter((s) => s.trainers.includes(kind) && !isRandomOrder(s.name)).map(
    ({ name }) => name,
  );
  const own = strategies.find((name) => name === (last?.strategy ?? strategyIn(config)));
  const first = strategies.includes(FIRST_CHOICE) ? FIRST_CHOICE : strategies[0];
  return { strategies, chosen: own ?? first, steps: last?.steps ?? (await usualSteps()) };
}

export function PilotPanel({ onClose }: { onClose: () => void }) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [fault, setFault] = useState<LabError | null>(null);
  const { state, wish, runs, answer, fault: failed } = usePilot((pilot) => pilot);
  const [seeds, setSeeds] = useState(wish?.seeds ?? USUAL_SEEDS);
  const busy = useLive((live) => !["idle", "finished"].includes(live.state));
  const ids = { strategy: useId(), steps: useId(), seeds: useId() };
  useEffect(() => {
    offerNow(wish).then(setOffer, (thrown: unknown) => setFault(asLabError(thrown)));
  }, []);
  const underWay = state === "running" || state === "stopping";
  const rest = runs.filter((run) => run.state === "waiting" || run.state === "running").length;
  return (
    <Sheet
      title="Does it pay on my data?"
      place="panel"
      onClose={onClose}
      footer={
        underWay ? (
          <button type="button" className="button" onClick={stopPilot} disabled={state === "stopping"}>
            {state === "stopping" ? "Stopping…" : "Stop the pilot"}
          </button>
        ) : (
          <button
            type="button"
            className="button main"
            disabled={!offer || busy}
            onClick={() => offer && void startPilot({ strategy: offer.chosen, steps: offer.steps, seeds })}
          >
            {state === "stopped" && rest > 0 ? "Go on with the pilot" : "Start the pilot"}
          </button>
        )
      }
    >
      <p>
        A pilot trains a few steps in random order and a few with another order, with the same questions, test
        and seeds as the settings have now, and compares the two. Its runs are kept under “My runs”. What
        longer races found:{" "}
        <button type="button" className="link" onClick={() => showPanel("arena")}>
          races so far
        </button>
        .
      </p>
      <Fault fault={fault ?? failed} />
      {offer && (
        <fieldset className="settings" disabled={underWay}>
          <div className="setting">
            <label htmlFor={ids.strategy}>Order to try</label>
            <select
              id={ids.strategy}
              className="field"
              value={offer.chosen}
              onChange={(event) => setOffer({ ...offer, chosen: event.target.value as StrategyName })}
            >
              <StrategyOptions names={offer.strategies} labelled />
            </select>
          </div>
          <div className="setting">
            <label htmlFor={ids.steps}>Steps of each run</label>
            <input
              id={ids.steps}
              className="field"
              type="number"
              min={1}
              max={100_000}
              value={offer.steps}
              onChange={(event) =>
                setOffer({ ...offer, steps: Math.max(1, Math.round(event.target.valueAsNumber || 1)) })
              }
            />
          </div>
          <div className="setting">
            <label htmlFor={ids.seeds}>Seeds of each order</label>
            <select
              id={ids.seeds}
              className="field"
              value={seeds}
              onChange={(event) => setSeeds(Number(event.target.value))}
            >
              {SEEDS.map((n) => (
                <option key={n} value={n}>
                  {n === 1 ? "1, which can name no winner" : n}
                </option>
              ))}
            </select>
          </div>
        </fieldset>
      )}
      {busy && !underWay && (
        <p className="aside">Another run is under way; the pilot can start when it is over.</p>
      )}
      {answer && wish && <Answer answer={answer} strategy={wish.strategy} />}
      {runs.length > 0 && (
        <>
          <h3>
            {plural(runs.length, "run")}
            {rest > 0 ? `, ${rest} to go` : ""}
          </h3>
          <Runs runs={runs} />
        </>
      )}
    </Sheet>
  );
}
