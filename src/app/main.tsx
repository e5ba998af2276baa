// Boots the page: theme first, then React, then the recorded run. Nothing here touches a GPU.
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
import "./app.css";
import { createRoot } from "react-dom/client";
import { openLab } from "../store/lab";
import { applyTheme, storedTheme } from "../store/settings";
import { App } from "./App";

applyTheme(storedTheme());
void openLab();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
