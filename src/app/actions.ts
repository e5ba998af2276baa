// One table of every action a user can take. Menu, command palette, keyboard shortcuts, help and tests are made
// from it.
import { followPlayhead, lab, openStory, showPanel, showSample, undoSettings } from "../store/lab";
import { live } from "../store/live";
import { applyTheme, storedTheme, type Theme } from "../store/settings";
import { storiesOf } from "../store/catalogue";
import { stepRun, startRun, stopRun, toggleRun } from "../store/session";

export interface Action {
  id: string;
  name: string;
  /** As `KeyboardEvent.key`, with "mod+" for ⌘ or Ctrl and "shift+" where the key alone does not tell. */
  keys?: string;
  act: () => void;
}

const nextTheme: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

/** Shown keys: "mod+k" → "⌘K" on a Mac, "Ctrl K" elsewhere. */
export function keyWords(keys: string): string {
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return keys
    .split("+")
    .map((key) =>
      key === "mod"
        ? mac
          ? "⌘"
          : "Ctrl"
        : key === "shift"
          ? "⇧"
          : key === " "
            ? "space"
            : key.length === 1
              ? key.toUpperCase()
              : key,
    )
    .join(mac ? "" : " ");
}

export function reveal(id: string): void {
  const section = document.getElementById(id);
  section?.scrollIntoView({ block: "start", behavior: "smooth" });
  section
    ?.querySelector<HTMLElement>("input:checked, button, [tabindex='0']")
    ?.focus({ preventScroll: true });
}

export function actions(): Action[] {
  const stories = storiesOf(lab.getState().catalogue ?? []);
  const names = new Map((lab.getState().catalogue ?? []).map((entry) => [entry.story, entry.title]));
  return [
    { id: "toggle", name: "Play or pause", keys: " ", act: toggleRun },
    { id: "step", name: "One training step", keys: ".", act: () => stepRun("step") },
    { id: "round", name: "One whole round", keys: "shift+.", act: () => stepRun("round") },
    {
      id: "follow",
      name: "Follow the playhead again",
      keys: "r",
      act: () => {
        showSample(null);
        followPlayhead();
      },
    },
    { id: "compare", name: "Compare with random order", keys: "c", act: () => reveal("pays") },
    { id: "search", name: "Search samples", keys: "/", act: () => showPanel("search") },
    { id: "palette", name: "All commands", keys: "mod+k", act: () => showPanel("palette") },
    { id: "help", name: "Shortcuts", keys: "?", act: () => showPanel("help") },
    { id: "run", name: "Run on my GPU", act: () => void startRun() },
    ...(live.getState().state === "running" || live.getState().state === "paused"
      ? [{ id: "stop", name: "Stop the run and save it", act: stopRun }]
      : []),
    { id: "settings", name: "Change the settings", act: () => showPanel("settings") },
    { id: "undo", name: "Undo the last change of settings", keys: "mod+z", act: undoSettings },
    { id: "data", name: "Use my own questions", keys: "q", act: () => showPanel("data") },
    { id: "models", name: "Choose or add a model", act: () => showPanel("models") },
    { id: "ask", name: "Ask the model something", act: () => showPanel("ask") },
    { id: "pilot", name: "Does it pay on my data?", act: () => showPanel("pilot") },
    { id: "arena", name: "Races so far: does an order pay?", act: () => showPanel("arena") },
    { id: "runs", name: "My runs", act: () => showPanel("runs") },
    { id: "words", name: "Glossary", act: () => showPanel("words") },
    {
      id: "accounting",
      name: "Where time and memory go",
      keys: "t",
      act: () => showPanel("accounting"),
    },
    { id: "device", name: "What this browser can do", act: () => showPanel("device") },
    {
      id: "theme",
      name: "Theme: light, dark or as the system",
      act: () => applyTheme(nextTheme[storedTheme()]),
    },
    ...stories.map((story) => ({
      id: `story-${story}`,
      name: `Story: ${names.get(story) ?? story}`,
      act: () => void openStory(story),
    })),
  ];
}

/** The action for a key press, unless the user is typing or a control wants the key for itself. */
export function actionFor(event: KeyboardEvent): Action | null {
  const mod = event.metaKey || event.ctrlKey;
  const target = event.target instanceof HTMLElement ? event.target : null;
  const typing = target?.closest(
    "input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select",
  );
  const palette = mod && event.key.toLowerCase() === "k";
  if (event.altKey || (typing && !palette)) return null;
  if (document.querySelector("[role=dialog]") && !mod) return null;
  if (event.key === " " && target?.closest("button, a, input, summary, [role=slider]")) return null;
  const shifted = event.key === "." || (event.code === "Period" && event.shiftKey);
  const key =
    shifted && event.shiftKey ? "shift+." : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const wanted = mod ? `mod+${key}` : key;
  return actions().find((action) => action.keys === wanted) ?? null;
}
