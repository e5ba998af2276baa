// The top of the page: choice of story, title and description of the run shown, and the button that starts a live run.
import { useEffect } from "react";
import { openRecorded, openStory, showPanel } from "../store/lab";
import { storiesOf } from "../store/catalogue";
import { useLab, useView } from "../store/hooks";
import { RunButtons } from "../features/run";
import { strategyLabel } from "../curriculum/registry";
import { strategyOf } from "../log/config";
import { storyOf } from "./stories";
import { cautionsOf, titleOf } from "./ownRun";

/** "Chromium 156" from what the run's log says, which is a name or a user agent. */
export function browserName(noted: string): string {
  const [, name, version] = /(Firefox|Edg|Chrome|Chromium|HeadlessChrome)\/(\d+)/.exec(noted) ?? [];
  if (!name) return noted.length > 40 ? "" : noted;
  return `${{ Edg: "Edge", HeadlessChrome: "Chromium" }[name] ?? name} ${version}`;
}

function Origin() {
  const player = useLab((state) => state.player);
  const entry = useLab((state) => state.entry);
  const view = useView(player, "run");
  if (!player || view.status === "empty") return <p className="origin">&nbsp;</p>;
  const { adapter, browser } = view.environment;
  const where = [adapter, browserName(String(browser ?? ""))].filter(Boolean).join(", ");
  const kind =
    player.kind === "recorded"
      ? "A recorded run"
      : player.kind === "stored"
        ? "One of your runs"
        : "Live on this GPU";
  return (
    <p className="origin">
      {kind}: {strategyLabel(strategyOf(view))}, seed {entry?.seed ?? view.seed}
      {where && player.kind === "recorded" ? `, made on ${where}` : ""}
    </p>
  );
}

/** The recorded orders of the story: which of them the pictures show. */
function Orders() {
  const catalogue = useLab((state) => state.catalogue) ?? [];
  const entry = useLab((state) => state.entry);
  if (!entry) return null;
  const same = catalogue.filter(({ story, seed }) => story === entry.story && seed === entry.seed);
  if (same.length < 2) return null;
  return (
    <nav className="stories orders" aria-label="Recorded orders">
      {same.map((run) => (
        <button
          key={run.id}
          type="button"
          aria-current={run.id === entry.id ? "true" : undefined}
          onClick={() => void openRecorded(run)}
        >
          {strategyLabel(run.strategy)}
        </button>
      ))}
    </nav>
  );
}

export function Top() {
  const catalogue = useLab((state) => state.catalogue);
  const story = useLab((state) => state.story);
  const entry = useLab((state) => state.entry);
  const player = useLab((state) => state.player);
  const view = useView(player, "run", "pool");
  const recorded = player === null || player.kind === "recorded";
  const shown = recorded ? storyOf(story, entry?.title ?? null) : titleOf(view);
  useEffect(() => {
    document.title = `${shown.title} · Proximal`;
  }, [shown.title]);
  const stories = storiesOf(catalogue ?? []);
  return (
    <div className="top">
      {stories.length > 1 && (
        <nav className="stories" aria-label="Stories">
          {stories.map((name) => (
            <button
              key={name}
              type="button"
              aria-current={story === name && recorded ? "page" : undefined}
              onClick={() => void openStory(name)}
            >
              {storyOf(name, catalogue?.find((run) => run.story === name)?.title ?? null).short}
            </button>
          ))}
        </nav>
      )}
      <div className="title">
        <h1>{shown.title}</h1>
        <p className="say">{shown.question}</p>
        <Origin />
        <Orders />
        {cautionsOf(view).map((text) => (
          <p key={text} className="origin" role="note">
            {text}
          </p>
        ))}
      </div>
      <RunButtons onChange={() => showPanel("settings")} />
    </div>
  );
}
