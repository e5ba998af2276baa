// Starts the page: first the theme, then the recorded run, then the components. Nothing here touches a GPU. Each
// part starts in a browser task of its own, so that a slow machine still reacts to clicks in between.
import "../ui/tokens/base.css";
import "../ui/tokens/tokens.css";
import "../ui/controls/controls.css";
import "../ui/charts/charts.css";
import "../features/curriculum/curriculum.css";
import "../features/race/race.css";
import "../features/answers/answers.css";
import "../features/run/run.css";
import "../features/setup/setup.css";
import "../features/device/device.css";
import "../features/reward/reward.css";
import "../features/accounting/accounting.css";
import "./app.css";
import { startTransition } from "react";
import { createRoot } from "react-dom/client";
import { openLab } from "../store/lab";
import { applyTheme, storedTheme } from "../store/settings";

applyTheme(storedTheme());
const page = import("./App");
void openLab();
const root = document.getElementById("root");
if (root) {
  const react = createRoot(root);
  // React may split a transition into slices, and the first render is the longest of all.
  void page.then(({ App }) => startTransition(() => react.render(<App />)));
}
