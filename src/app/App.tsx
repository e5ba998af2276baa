// The page: the story, the status bar, the first four pictures and those that follow from them. Panels open over
// it.
import { lazy, memo, Suspense, useEffect, useMemo, type ReactElement } from "react";
import { BeforeAfter } from "../features/answers";
import { Picks } from "../features/curriculum";
import { NoWebGpu } from "../features/device";
import { Card, useLater } from "../features/pictures";
import { Interrupted, MissingDataset, ProblemCard, StatusBar } from "../features/run";
import { useFact, useLab } from "../store/hooks";
import { showPanel } from "../store/lab";
import { byRewards } from "../log/config";
import type { RunView } from "../log/view";
import { firstPictures } from "../pictures/first";
import { actionFor } from "./actions";
import { Boundary } from "./Boundary";
import { Header } from "./Header";
import { MountInSequence } from "./MountInSequence";
import { Top } from "./Top";

const Panels = lazy(() => import("./Panels"));
const SampleHistory = lazy(() => import("../features/curriculum/SampleHistory"));
const Inspectors = lazy(() => import("../features/reward"));

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

interface Placed {
  place: number;
  card: ReactElement;
}

/** All pictures, with the other lists and texts between them, in the order of the page. */
const Pictures = memo(function Pictures() {
  const player = useLab((state) => state.player);
  const shape = useFact(player, shapeOf);
  const probed = useFact(player, (view) => view.probes.length > 0);
  const later = useLater();
  const rewards = shape !== "rounds";
  const cards = useMemo(() => {
    const placed: Placed[] = [...firstPictures, ...later].map((picture) => ({
      place: picture.place,
      card: <Card key={picture.id} picture={picture} />,
    }));
    if (shape !== "rewards") placed.push({ place: 30, card: <Picks key="picks" /> });
    if (!rewards || probed) placed.push({ place: rewards ? 60 : 40, card: <BeforeAfter key="answers" /> });
    if (rewards)
      placed.push({
        place: 55,
        card: (
          <Suspense key="inspectors" fallback={null}>
            <Inspectors />
          </Suspense>
        ),
      });
    return placed.sort((a, b) => a.place - b.place).map(({ card }) => card);
  }, [later, shape, rewards, probed]);
  return (
    <div className={`pictures ${rewards ? "by-reward" : ""}`}>
      <MountInSequence>{cards}</MountInSequence>
    </div>
  );
});

/** Everything under the top line; a panel that opens over it does not draw it again. */
const Main = memo(function Main() {
  const empty = useLab((state) => state.catalogue !== null && state.player === null);
  return (
    <main id="main" tabIndex={-1}>
      <Top />
      <NoWebGpu onAll={() => showPanel("device")} />
      <MissingDataset />
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
  const over = panel !== null && (
    <Suspense fallback={null}>
      <Panels panel={panel} />
    </Suspense>
  );
  if (!sample) return over;
  // A panel over the history of a sample is its child: Escape closes the upper one.
  return (
    <Suspense fallback={null}>
      <SampleHistory>{over}</SampleHistory>
    </Suspense>
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
