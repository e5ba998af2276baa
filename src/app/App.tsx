// The page: story, status, four questions and what follows from them; panels open over it.
import { lazy, Suspense, useEffect } from "react";
import { BeforeAfter } from "../features/answers";
import { Heatmap, Life, Picks, Ridgeline } from "../features/curriculum";
import { Missing } from "../features/device";
import { Cost, Loss, Race, strategyName } from "../features/race";
import { Interrupted, ProblemCard, StatusBar } from "../features/run";
import { useLab, useView } from "../store/hooks";
import { lab } from "../store/lab";
import type { RunView } from "../store/view";
import { actionFor } from "./actions";
import { Boundary } from "./Boundary";
import { Header } from "./Header";
import { Top } from "./Top";

const Panels = lazy(() => import("./Panels"));
const RewardPictures = lazy(() => import("../features/reward"));

function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      const action = actionFor(event);
      if (!action) return;
      event.preventDefault();
      action.act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/** The pictures a run has data for: choosing by round, or reward fine-tuning by step, or both. */
function Pictures() {
  const player = useLab((state) => state.player);
  const view = useView(player, "groups", "picks", "probes", "run");
  const rewards = view.groups.length > 0 || kindOf(view) === "grpo";
  const beside = useLab((state) => state.besideEntry);
  const rounds = !rewards || view.rounds.some((round) => round.picks);
  return (
    <div className={`pictures ${rewards ? "by-reward" : ""}`}>
      {rounds && <Heatmap />}
      <Race />
      {rounds && <Picks />}
      {!rewards && <BeforeAfter />}
      {rewards && (
        <Suspense fallback={null}>
          <RewardPictures besideName={beside ? strategyName(beside.strategy) : ""} />
        </Suspense>
      )}
      {rewards && view.probes.length > 0 && <BeforeAfter />}
      {rounds && <Ridgeline />}
      <Loss />
      <Cost />
    </div>
  );
}

function kindOf(view: RunView): string {
  const config = view.config as { trainer?: { kind?: string } } | null;
  return config?.trainer?.kind ?? "sft";
}

export function App() {
  useShortcuts();
  const panel = useLab((state) => state.panel);
  const sample = useLab((state) => state.sample);
  const empty = useLab((state) => state.catalogue !== null && state.player === null);
  return (
    <Boundary>
      <Header />
      <main id="main" tabIndex={-1}>
        <Top />
        <Missing onAll={() => lab.setState({ panel: "device" })} />
        <Interrupted />
        <ProblemCard />
        <StatusBar />
        {empty ? (
          <p className="say">No recorded run has come with this copy of the lab. Run one on your GPU.</p>
        ) : (
          <Pictures />
        )}
      </main>
      <footer className="foot">
        Everything runs in this tab. Nothing you load here leaves it. Entropies are in nats over the full
        vocabulary unless a run says otherwise.
      </footer>
      {sample !== null && <Life />}
      {panel !== null && (
        <Suspense fallback={null}>
          <Panels panel={panel} />
        </Suspense>
      )}
    </Boundary>
  );
}
