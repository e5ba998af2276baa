// The story: who is on stage, what the question is, and the one main button with its cost in bytes.
import { lab, openStory } from "../store/lab";
import { storiesOf } from "../store/catalogue";
import { useLab, useView } from "../store/hooks";
import type { RunView } from "../store/view";
import { RunButtons } from "../features/run";
import { strategyName, strategyOf } from "../features/race";
import { storyOf } from "./stories";

/** "Chromium 156" out of whatever the run noted: a name, or a user agent. */
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
      {kind}: {strategyName(strategyOf(view))}, seed {entry?.seed ?? view.seed}
      {where && player.kind === "recorded" ? `, made on ${where}` : ""}
    </p>
  );
}

/** A stored run's story: its pool, or its name where the pool is the person's own. */
function storedStory(view: RunView): string {
  const config = view.config as { data?: { train?: string }; trainer?: { kind?: string } } | null;
  if (config?.trainer?.kind === "grpo") return "metis";
  const pool = /^builtin:(.+)$/.exec(config?.data?.train ?? "")?.[1];
  return pool ?? view.name;
}

export function Top() {
  const catalogue = useLab((state) => state.catalogue);
  const story = useLab((state) => state.story);
  const entry = useLab((state) => state.entry);
  const player = useLab((state) => state.player);
  const view = useView(player, "run");
  const told = storyOf(player?.kind === "stored" ? storedStory(view) : story, entry?.title ?? null);
  const stories = storiesOf(catalogue ?? []);
  return (
    <div className="top">
      {stories.length > 1 && (
        <nav className="stories" aria-label="Stories">
          {stories.map((name) => (
            <button
              key={name}
              type="button"
              aria-current={story === name && player?.kind !== "stored" ? "page" : undefined}
              onClick={() => void openStory(name)}
            >
              {storyOf(name, catalogue?.find((run) => run.story === name)?.title ?? null).short}
            </button>
          ))}
        </nav>
      )}
      <div className="title">
        <h1>{told.title}</h1>
        <p className="say">{told.question}</p>
        <Origin />
      </div>
      <RunButtons onChange={() => lab.setState({ panel: "settings" })} />
    </div>
  );
}
