// The page: story, status, four questions and what follows from them; panels open over it.
import { lazy, memo, Suspense, useEffect } from "react";
import { BeforeAfter } from "../features/answers";
import { Heatmap, Life, Picks, Ridgeline } from "../features/curriculum";
import { Missing } from "../features/device";
import { Cost, Loss, Race, strategyName } from "../features/race";
import { Interrupted, Needed, ProblemCard, StatusBar } from "../features/run";
import { useFact, useLab } from "../store/hooks";
import { lab } from "../store/lab";
import { byRewards } from "../log/config";
import type { RunView } from "../log/view";
import { actionFor } from "./actions";
import { Boundary } from "./Boundary";
import { Header } from "./Header";
import { InTurn } from "./InTurn";
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

/** Which pictures a run has data for: choosing by round, or reward fine-tuning by step, or both. */
function shapeOf(view: RunView): "rounds" | "rewards" | "both" {
  if (view.groups.length === 0 && !byRewards(view)) return "rounds";
  return view.rounds.some((round) => round.picks) ? "both" : "rewards";
}

const Pictures = memo(function Pictures() {
  const player = useLab((state) => state.player);
  const shape = useFact(player, shapeOf);
  const beside = useLab(({ besideEntry }) => (besideEntry ? strategyName(besideEntry.strategy) : ""));
  const probed = useFact(player, (view) => view.probes.length > 0);
  const rewards = shape !== "rounds";
  const rounds = shape !== "rewards";
  return (
    <div className={`pictures ${rewards ? "by-reward" : ""}`}>
      <InTurn>
        {rounds && <Heatmap />}
        <Race />
        {rounds && <Picks />}
        {!rewards && <BeforeAfter />}
        {rewards && (
          <Suspense fallback={null}>
            <RewardPictures besideName={beside} />
          </Suspense>
        )}
        {rewards && probed && <BeforeAfter />}
        {rounds && <Ridgeline />}
        <Loss />
        <Cost />
      </InTurn>
    </div>
  );
});

/** Everything under the top line; a panel that opens over it does not draw it again. */
const Main = memo(function Main() {
  const empty = useLab((state) => state.catalogue !== null && state.player === null);
  return (
    <main id="main" tabIndex={-1}>
      <Top />
      <Missing onAll={() => lab.setState({ panel: "device" })} />
      <Needed />
      <Interrupted />
      <ProblemCard />
      <StatusBar />
      {empty ? (
        <p className="say">No recorded run has come with this copy of the lab. Run one on your GPU.</p>
      ) : (
        <Pictures />
      )}
    </main>
  );
});

const Foot = memo(function Foot() {
  return (
    <footer className="foot">
      Everything runs in this tab. Nothing you load here leaves it. Entropies are in nats over the full
      vocabulary unless a run says otherwise.
    </footer>
  );
});

const Over = memo(function Over() {
  const panel = useLab((state) => state.panel);
  const sample = useLab((state) => state.sample !== null);
  return (
    <>
      {sample && <Life />}
      {panel !== null && (
        <Suspense fallback={null}>
          <Panels panel={panel} />
        </Suspense>
      )}
    </>
  );
});

export function App() {
  useShortcuts();
  return (
    <Boundary>
      <Header />
      <Main />
      <Foot />
      <Over />
    </Boundary>
  );
}
